import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { isSetupError } from '../setup-error.ts'
import { installOnce } from './install-once.ts'

describe('a download', () => {
  let cache = ''
  let before: string | undefined
  const said: string[] = []

  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), 'keyflow-cache-'))
    before = process.env.KEYFLOW_CACHE
    process.env.KEYFLOW_CACHE = cache
    said.length = 0
  })

  afterEach(() => {
    if (before === undefined) delete process.env.KEYFLOW_CACHE
    else process.env.KEYFLOW_CACHE = before
    rmSync(cache, { recursive: true })
  })

  const install = (fill: (directory: string) => Promise<void>, needsBytes = 1) =>
    installOnce({
      name: 'thing-1',
      what: 'Thing: downloading',
      needsBytes,
      log: (line) => said.push(line),
      fill,
    })

  const fillSlowly = async (directory: string): Promise<void> => {
    writeFileSync(join(directory, 'half'), '1')
    await sleep(100)
    writeFileSync(join(directory, 'whole'), '2')
  }

  it('that two ask for at once is made once, and both find it whole', async () => {
    let fills = 0
    const fill = (directory: string) => {
      fills += 1
      return fillSlowly(directory)
    }
    const [one, two] = await Promise.all([install(fill), install(fill)])
    expect([fills, one, readdirSync(two).sort()]).toEqual([1, two, ['half', 'whole']])
    expect(readdirSync(cache)).toEqual(['thing-1'])
  })

  it('is told of while it is made, and not when it is there', async () => {
    await install(fillSlowly)
    expect(said).toEqual([
      'Thing: downloading …',
      expect.stringMatching(/^Thing: downloading: done in \d+ s$/),
    ])
    said.length = 0
    await install(fillSlowly)
    expect(said).toEqual([])
  })

  it('that breaks off leaves nothing behind, and is made by the next who asks', async () => {
    const breaks = install(async (directory) => {
      writeFileSync(join(directory, 'half'), '1')
      throw new Error('connection lost')
    })
    await expect(breaks).rejects.toThrow('connection lost')
    expect(readdirSync(cache)).toEqual([])
    expect(readdirSync(await install(fillSlowly))).toHaveLength(2)
  })

  it('takes over from one that was killed in the middle of it', async () => {
    writeFileSync(join(cache, 'thing-1.lock'), '999999999@1')
    const directory = await install(fillSlowly)
    expect(existsSync(join(directory, 'whole'))).toBe(true)
  })

  it('on a full disk is one line that says how much is needed where', async () => {
    const full = install(
      async () => {
        throw Object.assign(new Error('write failed'), { code: 'ENOSPC' })
      },
      3 * 1024 * 1024,
    )
    const error = await full.catch((caught: unknown) => caught)
    expect(isSetupError(error)).toBe(true)
    expect(String(error)).toContain(`The disk of ${cache} is full: about 3 MB are needed there.`)
  })

  it('is not begun where there is no room for it', async () => {
    const fill = async (directory: string) => writeFileSync(join(directory, 'whole'), '2')
    await expect(install(fill, Number.MAX_SAFE_INTEGER)).rejects.toThrow('is full')
    expect(said).toEqual([])
  })

  it('keeps what it unpacked as it was', async () => {
    const directory = await install(fillSlowly)
    expect(readFileSync(join(directory, 'whole'), 'utf8')).toBe('2')
  })
})
