import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createLicenseKeys } from '../src/adapters/crypto-license-keys.ts'
import { createStripeAccount } from './history/stripe-account.ts'
import { createSubscriptionStory } from './history/subscription-story.ts'
import { type RunningLicensing, runLicensing, until } from './run-licensing.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const README = join(ROOT, 'packages/client/README.md')
const HOUR = 3_600_000
const LEASE_HOURS = 48
/** The program asks again after one second, and waits a quarter of one between its rounds. */
const PROMISED_MS = 1000 + 250

/** The first program of the client's README, as it stands there. */
const exampleProgram = (): string => /```ts\n([\s\S]*?)```/.exec(readFileSync(README, 'utf8'))?.[1] ?? ''

/** The clock of the customer's machine: the real one, plus what a file says. */
const CLOCK = `import { readFileSync } from 'node:fs'
const real = Date.now
Date.now = () => real() + Number(readFileSync(process.env.CLOCK_FILE, 'utf8'))
`

describe("the README's example application", () => {
  const folder = join(ROOT, '.keyflow', `example-${process.pid}`)
  const clockFile = join(folder, 'clock')
  let licensing: RunningLicensing
  let program: ChildProcess | undefined
  let lines: string[] = []

  beforeAll(async () => {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'example.ts'), exampleProgram())
    writeFileSync(join(folder, 'clock.mjs'), CLOCK)
    licensing = await runLicensing({ LEASE_HOURS: String(LEASE_HOURS) })
    await licensing.start()
  })
  afterAll(async () => {
    program?.kill('SIGKILL')
    await licensing.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const buy = async () => {
    const account = createStripeAccount('example', Math.floor(Date.now() / 1000) - 100)
    const story = createSubscriptionStory(account, {
      price: 'price_business_annual',
      trial: false,
      payAtOnce: true,
    })
    await licensing.publish(account.events)
    const issued = () => licensing.events().find((event) => event.subscription === story.id)
    await until('it is issued', () => issued() !== undefined)
    const id = issued()?.licenseId ?? ''
    return { id, key: createLicenseKeys(licensing.env.ISSUER_SECRET).issue(id, 1).text }
  }
  const run = (key: string): ChildProcess => {
    const child = spawn(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        '--import',
        join(folder, 'clock.mjs'),
        join(folder, 'example.ts'),
      ],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          PATH: process.env.PATH,
          CLOCK_FILE: clockFile,
          LICENSE_SERVER: `http://127.0.0.1:${licensing.env.HTTP_PORT}`,
          LICENSE_KEY: key,
          STATE_FOLDER: join(folder, 'state'),
        },
      },
    )
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => lines.push(...text.trim().split('\n')))
    return child
  }
  const setClock = (hours: number): void => writeFileSync(clockFile, String(hours * HOUR))
  /** Waits for a line that the program prints from now on. */
  const says = async (line: string): Promise<void> => {
    lines = []
    await until(`the program says: ${line}`, () => lines.includes(line))
  }

  it('is twenty lines, works online, then offline for the life of its lease, and stops soon after a revocation', async () => {
    expect(exampleProgram().trim().split('\n').length).toBeLessThanOrEqual(20)
    const { id, key } = await buy()
    setClock(0)
    program = run(key)
    const ended = once(program, 'exit')
    await says('working VALID (server)')

    await licensing.stopApps()
    await says('working VALID (lease)')
    setClock(LEASE_HOURS - 1)
    await says('working VALID (lease)')
    setClock(LEASE_HOURS + 1)
    await says('reduced LEASE_EXPIRED (lease)')
    setClock(0)
    await says('reduced CLOCK_ROLLED_BACK (none)')

    await licensing.start()
    await says('working VALID (server)')
    expect(lines.some((line) => line.startsWith('locked'))).toBe(false)

    const revoked = await licensing.ask('POST', `/licenses/${id}/revoke`, { actor: 'ops', reason: 'a test' })
    expect(revoked).toMatchObject({ status: 'revoked' })
    const since = performance.now()
    const [code] = (await ended) as [number]
    const took = performance.now() - since
    process.stdout.write(
      `the program stopped ${took.toFixed(0)} ms after the revocation; promised: ${PROMISED_MS} ms and a round trip\n`,
    )
    expect(lines).toContain('locked REVOKED (server)')
    expect(code).not.toBe(0)
    expect(took).toBeLessThan(PROMISED_MS + 2000)
  })
})
