import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { prepareFolders, type StateFolders, stateFolders, turnLogs, wipeData } from './state-folders.ts'

describe('the state folders', () => {
  let folders: StateFolders

  beforeEach(() => {
    folders = stateFolders(mkdtempSync(join(tmpdir(), 'keyflow-state-')))
    prepareFolders(folders)
  })
  afterEach(() => rmSync(folders.root, { recursive: true }))

  it("keep the last run's logs and no older ones", () => {
    for (const run of ['first', 'second', 'third']) {
      turnLogs(folders)
      writeFileSync(join(folders.logs, 'ingest.log'), run)
    }
    expect(readdirSync(folders.logs).sort()).toEqual(['ingest.log', 'ingest.previous.log'])
    expect(readFileSync(join(folders.logs, 'ingest.previous.log'), 'utf8')).toBe('second')
  })

  it('lose data and logs on a fresh start, but not the secrets', () => {
    for (const file of [join(folders.data, 'x'), join(folders.logs, 'y.log'), folders.secretsFile])
      writeFileSync(file, '')
    wipeData(folders)
    prepareFolders(folders)
    expect(readdirSync(folders.data)).toEqual([])
    expect(readdirSync(folders.logs)).toEqual([])
    expect(readdirSync(folders.root)).toContain('dev-secrets.json')
  })
})
