import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createSupervisor, pickFreePort, type Supervisor } from '@keyflow/devstack'
import { createLicenseKeys } from '../src/adapters/crypto-license-keys.ts'
import { createStripeAccount } from './history/stripe-account.ts'
import { createSubscriptionStory } from './history/subscription-story.ts'
import { type RunningLicensing, runLicensing, until } from './run-licensing.ts'

/** A hundred by hand: ACTIVATION_RACE_RUNS=100. */
const RUNS = Number(process.env.ACTIVATION_RACE_RUNS ?? 4)
const LIMIT = 5
const AT_ONCE = 200
const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

describe('two server processes', () => {
  let licensing: RunningLicensing
  let supervisor: Supervisor
  const folder = mkdtempSync(join(tmpdir(), 'keyflow-race-'))
  const ports: number[] = []

  beforeAll(async () => {
    licensing = await runLicensing()
    supervisor = await createSupervisor()
    for (const name of ['one', 'two']) {
      const [http, ops] = [await pickFreePort(), await pickFreePort()]
      const logFile = join(folder, `${name}.log`)
      await supervisor.start({
        name,
        command: process.execPath,
        args: ['--no-warnings', MAIN],
        env: { ...licensing.env, HTTP_PORT: String(http), OPS_PORT: String(ops) },
        logFile,
      })
      await until(
        `${name} is ready: ${readFileSync(logFile, 'utf8')}`,
        async () => (await fetch(`http://127.0.0.1:${ops}/readyz`).catch(() => null))?.ok === true,
        40_000,
      )
      ports.push(http)
    }
  })
  afterAll(async () => {
    await supervisor.close()
    await licensing.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const ask = async (port: number, method: string, path: string, body?: object) => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/licenses${path}`, {
      method,
      headers: {
        authorization: `Bearer ${licensing.env.OPERATOR_TOKEN}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  }

  const licenseWithLimit = async (name: string) => {
    const account = createStripeAccount(name, Math.floor(Date.now() / 1000) - 100)
    const story = createSubscriptionStory(account, {
      price: 'price_pro_monthly',
      trial: false,
      payAtOnce: true,
    })
    await licensing.publish(account.events)
    const issued = () => licensing.events().find((event) => event.subscription === story.id)
    await until('it is issued', () => issued() !== undefined)
    const id = issued()?.licenseId ?? ''
    const patched = await ask(ports[0] ?? 0, 'PATCH', `/${id}`, { max_domains: LIMIT })
    expect(patched).toMatchObject({ status: 200, body: { max_domains: LIMIT } })
    return { id, key: createLicenseKeys(licensing.env.ISSUER_SECRET).issue(id, 1).text }
  }

  it(
    `that are asked for ${AT_ONCE} activations at once give out the limit of ${LIMIT}, ${RUNS} times (case 27)`,
    async () => {
      for (let run = 0; run < RUNS; run += 1) {
        const { id, key } = await licenseWithLimit(`race${run}`)
        const answers = await Promise.all(
          Array.from({ length: AT_ONCE }, (_, i) =>
            ask(ports[i % 2] ?? 0, 'POST', '/activate', { key, domain: `host${i}.example` }),
          ),
        )
        const given = answers.filter(({ status }) => status === 200)
        expect(answers.filter(({ status }) => status === 409)).toHaveLength(AT_ONCE - LIMIT)
        expect(given).toHaveLength(LIMIT)
        const listed = (await ask(ports[1] ?? 0, 'GET', `/${id}/activations`)).body
        expect(listed).toMatchObject({ domains: { limit: LIMIT, used: LIMIT } })
        const names = (rows: unknown[]) => rows.map((row) => (row as { value: string }).value).sort()
        expect(names(listed.activations as unknown[])).toEqual(
          names(given.map(({ body }) => body.activation)),
        )
      }
    },
    20_000 + RUNS * 10_000,
  )
})
