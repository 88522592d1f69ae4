import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { pickFreePort } from '@keyflow/devstack'
import { type StartedIngest, startIngest } from '../../../services/ingest/test/start-ingest.ts'
import { type RunningLicensing, runLicensing, until } from '../../../services/licensing/test/run-licensing.ts'
import { startSandbox, stopAll, subscribe } from '../../stripe-sandbox/test/sandbox-under-test.ts'
import { EXIT, runKeyflow } from '../src/index.ts'
import { pipes } from './world.ts'

describe('keyflow connect and doctor, with Kafka and MongoDB', () => {
  let licensing: RunningLicensing
  let sandbox: Awaited<ReturnType<typeof startSandbox>>
  let ingest: StartedIngest | undefined
  let folder: string
  let ingestPort: number

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'keyflow-connect-'))
    ingestPort = await pickFreePort()
    licensing = await runLicensing()
    await licensing.start()
    sandbox = await startSandbox()
  })
  afterAll(async () => {
    await ingest?.stop()
    await licensing.stop()
    await stopAll()
    rmSync(folder, { recursive: true })
  })

  const secretsFile = (): string => join(folder, 'secrets.env')
  const keyflow = async (...line: string[]) => {
    const { world, written } = pipes({
      STRIPE_API_KEY: 'sk_test_0123456789',
      STRIPE_API_BASE: sandbox.url,
      KAFKA_BROKERS: licensing.env.KAFKA_BROKERS ?? '',
      TOPIC_PREFIX: licensing.prefix,
      KEYFLOW_API_URL: `http://127.0.0.1:${licensing.env.HTTP_PORT}`,
      KEYFLOW_LICENSING_OPS_URL: `http://127.0.0.1:${licensing.env.OPS_PORT}`,
      KEYFLOW_TOKEN: licensing.env.OPERATOR_TOKEN ?? '',
    })
    return { code: await runKeyflow(line, world), ...written }
  }
  const connect = (...more: string[]) =>
    keyflow(
      'connect',
      '--url',
      `http://127.0.0.1:${ingestPort}/api/v1/webhooks/stripe`,
      '--secrets',
      secretsFile(),
      '--catalog',
      join(folder, 'draft.yaml'),
      '--yes',
      '--json',
      ...more,
    )
  const findings = async (...only: string[]) => {
    const { stdout } = await keyflow('doctor', '--only', ...only, '--json')
    return (JSON.parse(stdout) as { findings: { check: string; verdict: string; what: string }[] }).findings
  }

  it('imports subscriptions that were there before, by the log alone, and not at all in a dry run', async () => {
    const bought = [await subscribe(sandbox.stripe), await subscribe(sandbox.stripe, 'price_starter_monthly')]
    const look = JSON.parse((await connect('--import', '--dry-run')).stdout)
    expect(look.imported).toEqual({ subscriptions: 2, byStatus: { active: 2 }, appended: 0 })
    expect(licensing.events()).toEqual([])
    const done = JSON.parse((await connect('--import')).stdout)
    expect(done.imported).toEqual({ subscriptions: 2, byStatus: { active: 2 }, appended: 4 })
    await until('both are issued', () => licensing.events().length === 2)
    const issued = licensing.events().map((event) => [event.subscription, event.after.tier, event.livemode])
    expect(new Set(issued.map(([subscription]) => subscription)).size).toBe(bought.length)
    expect(issued.map(([, tier]) => tier).sort()).toEqual(['pro', 'starter'])
    expect(issued.every(([, , livemode]) => livemode === false)).toBe(true)
    await connect('--import')
    await until('the second import has been read', async () => {
      const seen = await licensing.store.db.collection('ledger_events').countDocuments()
      return seen >= 4
    })
    expect(licensing.events()).toHaveLength(2)
  })

  it('sends a test event and sees that ingest has it in Kafka', async () => {
    const secret = /^STRIPE_WEBHOOK_SECRET=(\S+)$/m.exec(readFileSync(secretsFile(), 'utf8'))?.[1] ?? ''
    ingest = await startIngest({
      STRIPE_WEBHOOK_SECRET: secret,
      HTTP_PORT: String(ingestPort),
      KAFKA_BROKERS: licensing.env.KAFKA_BROKERS ?? '',
      TOPIC_PREFIX: licensing.prefix,
    })
    const { code, stdout } = await connect('--test-event')
    expect(code).toBe(EXIT.ok)
    expect(JSON.parse(stdout).event).toMatchObject({ type: 'customer.created' })
    const accepted = Object.entries(await ingest.metrics()).filter(
      ([name]) => name.includes('webhook_requests_total') && name.includes('accepted'),
    )
    expect(accepted.reduce((sum, [, count]) => sum + count, 0)).toBeGreaterThanOrEqual(1)
  })

  it('finds nothing wrong with what is well, and each thing that is not, with its fix', async () => {
    const well = await findings('kafka', 'catalog')
    expect(well.map(({ check, verdict }) => [check, verdict])).toEqual([
      ['kafka.topics', 'ok'],
      ['catalog', 'ok'],
    ])
    const ofLicensing = async () =>
      (await findings('services')).filter(({ check }) => check.startsWith('licensing'))
    expect(await ofLicensing()).toMatchObject([{ check: 'licensing', verdict: 'ok' }])
    await licensing.store.db.collection('licenses').dropIndex('by_subscription')
    expect(await ofLicensing()).toEqual([
      expect.objectContaining({
        verdict: 'problem',
        what: 'licensing: the index by_subscription of licenses is missing.',
      }),
    ])
    await licensing.stopApps()
    expect((await ofLicensing()).map(({ what }) => what)).toEqual([
      expect.stringContaining('does not answer'),
    ])
    const elsewhere = pipes({
      KAFKA_BROKERS: licensing.env.KAFKA_BROKERS ?? '',
      TOPIC_PREFIX: 'nobody.made.these.',
    })
    expect(await runKeyflow(['doctor', '--only', 'kafka'], elsewhere.world)).toBe(EXIT.found)
    expect(elsewhere.written.stdout).toContain('The topic nobody.made.these.stripe.events is missing.')
    expect(elsewhere.written.stdout).toContain('-> keyflow topics apply')
  })
})
