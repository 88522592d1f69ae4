import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { identify } from './process-table.ts'
import { createSupervisor, type Supervisor } from './supervisor.ts'
import { waitUntil } from './wait-until.ts'

describe('supervised children', () => {
  let folder = ''
  let supervisor: Supervisor | undefined
  const logFile = () => join(folder, 'logs', 'child.log')

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'keyflow-supervisor-'))
  })

  afterEach(async () => {
    await supervisor?.close()
    supervisor = undefined
    rmSync(folder, { recursive: true, force: true })
  })

  const start = (command: string, ...args: readonly string[]) => {
    supervisor ??= createSupervisor()
    return supervisor.start({ name: command, command, args, logFile: logFile(), env: { GREETING: 'hello' } })
  }

  it('run with the given environment, write to their log, and tell how they ended', async () => {
    const child = await start('sh', '-c', 'echo "$GREETING"; echo oops >&2; exit 3')
    expect(await child.exited).toEqual({ code: 3, signal: null })
    expect(child.isRunning()).toBe(false)
    const again = await start('sh', '-c', 'echo again')
    await again.exited
    expect(readFileSync(logFile(), 'utf8')).toBe('hello\noops\nagain\n')
  })

  it('that cannot be started say so', async () => {
    await expect(start('no-such-program')).rejects.toThrow(/no-such-program could not be started: .*ENOENT/)
  })

  it('are asked to end, and made to end when they do not', async () => {
    const polite = await start('sleep', '60')
    expect(await polite.end()).toEqual({ code: null, signal: 'SIGTERM' })
    const deaf = await start('sh', '-c', 'trap "" TERM; echo deaf; while :; do sleep 0.1; done')
    await waitUntil(() => readFileSync(logFile(), 'utf8').includes('deaf'), { what: 'it', deadlineMs: 5_000 })
    expect(await deaf.end(200)).toEqual({ code: null, signal: 'SIGKILL' })
  })

  it('end when the supervisor is closed', async () => {
    const child = await start('sleep', '60')
    await supervisor?.close()
    expect(identify(child.pid)).toBeUndefined()
  })

  it('end with a supervisor that is killed', async () => {
    const child = await start('sleep', '60')
    const parent = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]
    process.kill(Number(parent), 'SIGKILL')
    await child.exited
    await waitUntil(() => identify(child.pid) === undefined, { what: 'its end', deadlineMs: 5_000 })
  })

  it('and temporary directories go when their owner is killed outright, even children deaf to SIGTERM', async () => {
    const temporary = join(folder, 'temporary')
    mkdirSync(temporary)
    const main = fileURLToPath(new URL('../../test/fixtures/owner.ts', import.meta.url))
    const owner = spawn(process.execPath, [main, logFile(), temporary], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = await once(owner.stdout, 'data')
    const pids = JSON.parse(String(line)) as number[]
    expect(pids.map((pid) => identify(pid) !== undefined)).toEqual([true, true])
    owner.kill('SIGKILL')
    await waitUntil(() => pids.every((pid) => identify(pid) === undefined), {
      what: 'the end of both children',
      deadlineMs: 15_000,
    })
    await waitUntil(() => !existsSync(temporary), { what: 'the directory to go', deadlineMs: 5_000 })
  }, 30_000)
})
