import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { ENDPOINT_EVENT_TYPES } from '@keyflow/contracts'
import type Stripe from 'stripe'
import { parse } from 'yaml'
import { startSandbox, stopAll } from '../../stripe-sandbox/test/sandbox-under-test.ts'
import { EXIT, runKeyflow } from '../src/index.ts'
import { PINNED_API_VERSION } from '../src/stripe/stripe-session.ts'
import { pipes } from './world.ts'

const URL_OF_INGEST = 'https://keys.example.com/api/v1/webhooks/stripe'

describe('keyflow connect and doctor, with Stripe alone', () => {
  let folder: string
  let sandbox: Awaited<ReturnType<typeof startSandbox>>
  let key: string

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'keyflow-connect-'))
    sandbox = await startSandbox()
    key = 'sk_test_0123456789'
  })
  afterEach(() => rmSync(folder, { recursive: true }))
  afterAll(stopAll)

  const secretsFile = (): string => join(folder, 'secrets.env')
  const draftFile = (): string => join(folder, 'draft.yaml')

  const keyflow = async (...line: string[]) => {
    const { world, written } = pipes({
      STRIPE_API_KEY: key,
      STRIPE_API_BASE: sandbox.url,
      KEYFLOW_API_URL: 'http://127.0.0.1:9',
      KEYFLOW_TOKEN: 'a-token-of-nobody',
    })
    return { code: await runKeyflow(line, world), ...written }
  }
  const connect = (...more: string[]) =>
    keyflow('connect', '--url', URL_OF_INGEST, '--secrets', secretsFile(), '--catalog', draftFile(), ...more)
  const doctor = async (...more: string[]) => {
    const { code, stdout } = await keyflow(
      'doctor',
      '--only',
      'stripe',
      '--url',
      URL_OF_INGEST,
      '--secrets',
      secretsFile(),
      '--json',
      ...more,
    )
    const { findings } = JSON.parse(stdout) as {
      findings: { check: string; verdict: string; fix: string | null }[]
    }
    return {
      code,
      bad: findings.filter(({ verdict }) => verdict === 'problem').map(({ check }) => check),
      worthALook: findings.filter(({ verdict }) => verdict === 'warning').map(({ check }) => check),
      findings,
    }
  }
  const endpoints = async (): Promise<Stripe.WebhookEndpoint[]> =>
    (await sandbox.stripe.webhookEndpoints.list()).data
  const restrict = async (permissions: Readonly<Record<string, string>>): Promise<string> => {
    const form = Object.fromEntries(
      Object.entries(permissions).map(([name, is]) => [`permissions[${name}]`, is]),
    )
    return (await sandbox.play('restricted_keys', form)).body.key
  }

  it('creates an endpoint of exactly the handled events in a pinned version, and keeps its secret from everybody', async () => {
    const { code, stdout, stderr } = await connect('--yes')
    expect(code).toBe(EXIT.ok)
    const [made, ...others] = await endpoints()
    expect(others).toEqual([])
    expect(made).toMatchObject({ url: URL_OF_INGEST, api_version: PINNED_API_VERSION, status: 'enabled' })
    expect([...(made?.enabled_events ?? [])].sort()).toEqual(ENDPOINT_EVENT_TYPES)
    const secret = /^STRIPE_WEBHOOK_SECRET=(whsec_\w+)$/m.exec(readFileSync(secretsFile(), 'utf8'))?.[1] ?? ''
    expect(secret).toMatch(/^whsec_/)
    expect(stdout + stderr).not.toContain(secret)
    expect(stdout + stderr).not.toContain(key)
    expect(statSync(secretsFile()).mode & 0o777).toBe(0o600)
    expect(await doctor()).toMatchObject({ code: EXIT.ok, bad: [], worthALook: [] })
  })

  it('changes nothing when it is only asked to look', async () => {
    const { code, stdout } = await connect('--dry-run')
    expect(code).toBe(EXIT.ok)
    expect(stdout).toContain('is to be created')
    expect(await endpoints()).toEqual([])
    expect(() => statSync(secretsFile())).toThrow()
    expect(() => statSync(draftFile())).toThrow()
  })

  it('leaves an endpoint that is as it should be, and adopts and mends one that is not', async () => {
    await connect('--yes')
    const [made] = await endpoints()
    const id = made?.id ?? ''
    expect((await connect('--yes')).stdout).toContain('Endpoint: as it should be.')
    await sandbox.stripe.webhookEndpoints.update(id, {
      disabled: true,
      enabled_events: ['invoice.paid', 'payout.paid'],
    })
    expect((await doctor()).bad).toEqual(['stripe.endpoint.disabled', 'stripe.endpoint.events'])
    expect((await doctor()).worthALook).toEqual(['stripe.endpoint.surplus'])
    expect((await connect('--yes')).stdout).toContain('it is disabled')
    expect((await endpoints()).map((one) => one.id)).toEqual([id])
    expect(await doctor()).toMatchObject({ code: EXIT.ok, bad: [], worthALook: [] })
  })

  it('replaces an endpoint of another version without a gap, with both secrets in use', async () => {
    const old = await sandbox.stripe.webhookEndpoints.create({
      url: URL_OF_INGEST,
      api_version: '2024-06-20',
      enabled_events: ENDPOINT_EVENT_TYPES.map(
        (type) => type as Stripe.WebhookEndpointCreateParams.EnabledEvent,
      ),
    })
    writeFileSync(secretsFile(), `OTHER=1\nSTRIPE_WEBHOOK_SECRET=${old.secret}\n`)
    expect(await doctor()).toMatchObject({ bad: [], worthALook: ['stripe.endpoint.version'] })
    expect((await connect('--yes', '--replace')).stdout).toContain(`${old.id} still sends as well`)
    const text = readFileSync(secretsFile(), 'utf8')
    expect(text).toMatch(new RegExp(`^STRIPE_WEBHOOK_SECRET=whsec_\\w+,${old.secret}$`, 'm'))
    expect(text).toContain('OTHER=1')
    expect((await doctor()).worthALook).toContain('stripe.endpoint.doubled')
    await sandbox.stripe.webhookEndpoints.update(old.id, { disabled: true })
    expect((await connect('--yes')).stdout).toContain('Endpoint: as it should be.')
  })

  it('names all permissions that a restricted key lacks, and does nothing', async () => {
    key = await restrict({
      products: 'read',
      prices: 'read',
      webhook_endpoints: 'read',
      events: 'read',
      customers: 'read',
      subscriptions: 'read',
      invoices: 'read',
      charges: 'read',
      invoice_payments: 'read',
    })
    const { code, stderr } = await connect('--yes')
    expect(code).toBe(EXIT.notPermitted)
    expect(stderr).toContain('lacks 2 permission(s)')
    expect(stderr).toContain('webhook_endpoints: write')
    expect(stderr).toContain('checkout_sessions: read')
    expect(stderr).not.toContain(key)
    expect(await endpoints()).toEqual([])
    expect((await doctor()).bad).toContain('stripe.key')
  })

  it('drafts a catalog from the metadata of prices over that of their product, and lists what nothing explains', async () => {
    const { stripe } = sandbox
    const product = await stripe.products.create({
      name: 'Editor',
      metadata: { keyflow_tier: 'solo', keyflow_max_domains: '2', keyflow_product: 'editor' },
    })
    const price = (metadata: Record<string, string>, parent = product.id) =>
      stripe.prices.create({ currency: 'usd', unit_amount: 500, product: parent, metadata })
    const byProduct = await price({})
    const byPrice = await price({
      keyflow_tier: 'team',
      keyflow_max_domains: '9',
      keyflow_features: 'sso, audit',
    })
    const bare = await price({}, (await stripe.products.create({ name: 'Mug' })).id)
    const { stdout } = await connect('--yes', '--json')
    expect(JSON.parse(stdout).catalog).toMatchObject({
      added: [byProduct.id, byPrice.id],
      unknown: expect.arrayContaining([bare.id]),
    })
    const draft = readFileSync(draftFile(), 'utf8')
    expect(parse(draft)).toMatchObject({
      tiers: { solo: { max_domains: 2 }, team: { max_domains: 9, features: ['sso', 'audit'] } },
      prices: {
        [byProduct.id]: { tier: 'solo', product: 'editor' },
        [byPrice.id]: { tier: 'team', product: 'editor' },
      },
    })
    expect(draft).toContain(`#   ${bare.id}: { tier: …, product: … }   # Mug, 5.00 usd`)
    expect((await keyflow('catalog', 'lint', draftFile())).code).toBe(EXIT.ok)
  })

  it('says that a key is wrong, and that Stripe does not answer, as different things', async () => {
    key = 'sk_live_0123456789'
    expect((await connect('--yes')).code).toBe(EXIT.notPermitted)
    const { world, written } = pipes({
      STRIPE_API_KEY: 'sk_test_0123456789',
      STRIPE_API_BASE: 'http://127.0.0.1:9',
    })
    expect(await runKeyflow(['connect', '--url', URL_OF_INGEST, '--yes'], world)).toBe(EXIT.unavailable)
    expect(written.stderr).not.toContain('sk_test_0123456789')
    const bare = pipes({})
    expect(await runKeyflow(['connect', '--url', URL_OF_INGEST], bare.world)).toBe(EXIT.badConfig)
  })
})
