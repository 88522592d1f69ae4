import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { pickFreePort, waitUntil } from '../src/index.ts'
import { identify } from '../src/processes/process-table.ts'
import { readPorts } from '../src/start/ports.ts'

const SCRIPT = fileURLToPath(new URL('../../../scripts/start.mjs', import.meta.url))

interface Run {
  readonly process: ChildProcess
  readonly output: () => string
  readonly exit: Promise<number | null>
}

describe('npm start', () => {
  let stateDir = ''
  let env: NodeJS.ProcessEnv = {}
  let current: Run | undefined

  beforeAll(async () => {
    stateDir = mkdtempSync(join(tmpdir(), 'keyflow-start-'))
    const { KAFKA_BROKERS, MONGODB_URL, NODE_OPTIONS, ...own } = process.env
    env = { ...own, KEYFLOW_STATE_DIR: stateDir }
    for (const variable of Object.keys(readPorts({}).ports)) env[variable] = String(await pickFreePort())
  })

  afterAll(() => rmSync(stateDir, { recursive: true, force: true }))

  const start = (...args: readonly string[]): Run => {
    const child = spawn(process.execPath, [SCRIPT, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let text = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        text += chunk
      })
    const exit = once(child, 'close').then(([code]) => code as number | null)
    current = { process: child, output: () => text, exit }
    return current
  }

  afterEach(async () => {
    current?.process.kill('SIGKILL')
    await current?.exit
    current = undefined
  })

  const says = (run: Run, what: RegExp): Promise<RegExpExecArray> =>
    waitUntil(() => what.exec(run.output()) ?? run.process.exitCode !== null, {
      what: `npm start to say ${what}`,
      deadlineMs: 90_000,
    }).then((match) => {
      if (match === true) throw new Error(`npm start ended without saying ${what}:\n${run.output()}`)
      return match as RegExpExecArray
    })

  const pidOf = (name: string): number => {
    const folder = ['kafka', 'mongod'].includes(name) ? 'data' : 'run'
    const note = JSON.parse(readFileSync(join(stateDir, folder, name, 'keyflow-pid.json'), 'utf8'))
    return Number(note.process.split('@')[0])
  }

  const EVERYTHING = [
    'kafka',
    'mongod',
    'inbox',
    'stripe-sandbox',
    'ingest',
    'licensing',
    'dunning',
    'notifier',
    'outbound',
  ]

  const inbox = async (): Promise<readonly { readonly text: string }[]> => {
    const response = await fetch(`http://127.0.0.1:${env.INBOX_PORT}/api/email`)
    return (await response.json()) as { text: string }[]
  }

  let firstKey = ''

  it('ends with a key in the inbox, and Ctrl-C leaves nothing running', async () => {
    const run = start()
    await says(run, /ready in \d+\.\d s/)
    const pids = EVERYTHING.map(pidOf)
    for (const milestone of ['checkout completed', 'webhook accepted', 'license issued', 'e-mail accepted'])
      await says(run, new RegExp(`${milestone} +\\d+ ms`))
    firstKey = (await says(run, /license key +(KF-[-0-9A-Z]+)/))[1] ?? ''
    expect((await inbox()).filter(({ text }) => text.includes(firstKey))).toHaveLength(1)

    run.process.kill('SIGINT')
    expect(await run.exit).toBe(0)
    expect(pids.filter((pid) => identify(pid) !== undefined)).toEqual([])
  }, 180_000)

  it('keeps its data, and buys nothing with --no-demo', async () => {
    const run = start('--no-demo')
    await says(run, /Ctrl-C stops everything/)
    expect(run.output()).not.toContain('Demo purchase')
    const mails = await inbox()
    expect(mails.map(({ text }) => text.includes(firstKey))).toEqual([true])
    const answer = await fetch(`http://127.0.0.1:${env.LICENSING_PORT}/api/v1/licenses/validate`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key: firstKey }),
    })
    expect(await answer.json()).toMatchObject({ valid: true })
  }, 120_000)

  it('stops everything when one service dies, and says which and why', async () => {
    const run = start('--no-demo')
    await says(run, /Ctrl-C stops everything/)
    const pids = EVERYTHING.map(pidOf)
    process.kill(pidOf('licensing'), 'SIGKILL')
    expect(await run.exit).toBe(1)
    expect(run.output()).toMatch(
      /licensing ended \(signal SIGKILL\); its log .*licensing\.log ends with:\nlicensing \| /,
    )
    expect(pids.filter((pid) => identify(pid) !== undefined)).toEqual([])
  }, 120_000)

  it('killed outright, leaves nothing running', async () => {
    const run = start('--no-demo')
    await says(run, /ready in/)
    const pids = EVERYTHING.map(pidOf)
    run.process.kill('SIGKILL')
    const gone = () => pids.every((pid) => identify(pid) === undefined)
    await waitUntil(gone, { what: 'the end of all processes', deadlineMs: 60_000 })
  }, 180_000)

  it('wipes the data of earlier runs with --fresh', async () => {
    const run = start('--no-demo', '--fresh')
    await says(run, /ready in/)
    expect(await inbox()).toEqual([])
  }, 120_000)

  it('starts nothing when ports are in use, and names all of them in one message', async () => {
    const held = [Number(env.INGEST_PORT), Number(env.KAFKA_PORT)]
    const strangers = held.map((port) => createServer().listen(port, '127.0.0.1'))
    const run = start('--no-demo')
    const code = await run.exit
    for (const stranger of strangers) stranger.close()
    expect(code).toBe(1)
    expect(run.output()).toContain(
      `Ports ${held[0]} (INGEST_PORT), ${held[1]} (KAFKA_PORT) on 127.0.0.1 are in use by other programs`,
    )
    expect(run.output()).not.toContain('ready in')
  }, 60_000)
})
