import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { reclaimDataDir, removePidFile, writePidFile } from './pid-file.ts'
import { identify } from './process-table.ts'

describe('the pid file of a data directory', () => {
  let dataDir = ''
  let left: ChildProcess | undefined

  const note = () => join(dataDir, 'keyflow-pid.json')
  const DEAD_OWNER = '999999999@1'

  const startServing = async (marker: string): Promise<number> => {
    left = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)', marker], { stdio: 'ignore' })
    await once(left, 'spawn')
    return left.pid ?? 0
  }

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'keyflow-pid-'))
  })

  afterEach(() => {
    left?.kill('SIGKILL')
    left = undefined
    rmSync(dataDir, { recursive: true })
  })

  const writeNote = (pid: number, owner: string): void =>
    writeFileSync(note(), JSON.stringify({ process: identify(pid), owner }))

  it('a process of ours whose owner is dead is ended', async () => {
    writeNote(await startServing(dataDir), DEAD_OWNER)
    const ended = once(left as ChildProcess, 'exit')
    await reclaimDataDir(dataDir)
    expect((await ended)[1]).toBe('SIGTERM')
    expect(existsSync(note())).toBe(false)
  })

  it('a process of ours whose owner lives is left alone, and the owner is named', async () => {
    const owner = spawn('sleep', ['30'])
    await once(owner, 'spawn')
    writeNote(await startServing(dataDir), identify(owner.pid ?? 0) ?? '')
    await expect(reclaimDataDir(dataDir)).rejects.toThrow(`runs already (process ${owner.pid})`)
    owner.kill('SIGKILL')
    expect([left?.exitCode, left?.signalCode, existsSync(note())]).toEqual([null, null, true])
  })

  it('a stranger that the note points at is left alone', async () => {
    writeNote(await startServing('/somewhere/else'), DEAD_OWNER)
    await reclaimDataDir(dataDir)
    expect([left?.exitCode, left?.signalCode, existsSync(note())]).toEqual([null, null, false])
  })

  it('a note that is cut short, or of a process that is gone, stops nobody', async () => {
    writeFileSync(note(), '{"process":"1')
    await reclaimDataDir(dataDir)
    writeNote(process.pid, DEAD_OWNER)
    writeFileSync(note(), JSON.stringify({ process: DEAD_OWNER, owner: identify(process.pid) }))
    await reclaimDataDir(dataDir)
    expect(existsSync(note())).toBe(false)
  })

  it('names the process and the one that started it', async () => {
    writePidFile(dataDir, await startServing(dataDir))
    await expect(reclaimDataDir(dataDir)).rejects.toThrow(`runs already (process ${process.pid})`)
    removePidFile(dataDir)
    await reclaimDataDir(dataDir)
    expect([left?.exitCode, left?.signalCode]).toEqual([null, null])
  })
})
