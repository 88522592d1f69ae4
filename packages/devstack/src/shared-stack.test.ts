import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { announceStack, uniqueName } from './shared-stack.ts'

describe('the announcement of a stack', () => {
  let stateDir = ''
  const file = () => join(stateDir, 'shared-stack.json')
  const read = () => JSON.parse(readFileSync(file(), 'utf8'))

  beforeEach(() => {
    stateDir = mkdtempSync(join(tmpdir(), 'keyflow-announce-'))
  })
  afterEach(() => rmSync(stateDir, { recursive: true }))

  const here = { brokers: ['127.0.0.1:1'], mongoUrl: 'mongodb://127.0.0.1:2/' }
  const elsewhere = { brokers: ['127.0.0.1:3'], mongoUrl: 'mongodb://127.0.0.1:4/' }

  it('is there until it is taken back', () => {
    const withdraw = announceStack(here, stateDir)
    expect(read()).toMatchObject(here)
    withdraw()
    expect(existsSync(file())).toBe(false)
  })

  it('does not push aside one whose owner lives, nor take it back', () => {
    announceStack(here, stateDir)
    const withdraw = announceStack(elsewhere, stateDir)
    withdraw()
    expect(read()).toMatchObject(here)
  })

  it('replaces one whose owner is dead', () => {
    writeFileSync(file(), JSON.stringify({ ...here, owner: '999999999@1' }))
    announceStack(elsewhere, stateDir)
    expect(read()).toMatchObject(elsewhere)
  })
})

describe('a unique name', () => {
  it('is never given twice and fits topics, groups and databases', () => {
    const names = Array.from({ length: 100 }, () => uniqueName('outbox'))
    expect(new Set(names).size).toBe(100)
    for (const name of names) expect(name).toMatch(/^outbox-[a-z0-9-]{1,40}$/)
  })
})
