import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Keyset, trustKeys, verifyLease } from '@keyflow/client'
import type { SigningKeyListResponse } from '@keyflow/contracts'
import { pickFreePort } from '@keyflow/devstack'
import { createLogger } from '@keyflow/runtime'
import { createLicenseKeys } from '../src/adapters/crypto-license-keys.ts'
import { digestOf } from '../src/adapters/mongo-revocations.ts'
import { createApp } from '../src/app.ts'
import { config } from '../src/config.ts'
import { createStripeAccount } from './history/stripe-account.ts'
import { createSubscriptionStory, type PriceId } from './history/subscription-story.ts'
import { type RunningLicensing, runLicensing, until } from './run-licensing.ts'

const AUDIT = { actor: 'ops@seller', reason: 'a test' }
const now = (): number => Math.floor(Date.now() / 1000)

describe('leases', () => {
  let licensing: RunningLicensing
  let api: string

  beforeAll(async () => {
    licensing = await runLicensing({ VALIDATIONS_PER_LICENSE: '40', LEASE_HOURS: '48' })
    await licensing.start()
    api = `http://127.0.0.1:${licensing.env.HTTP_PORT}`
  })
  afterAll(async () => {
    await licensing.stop()
  })

  const buy = async (name: string, price: PriceId = 'price_pro_monthly') => {
    const account = createStripeAccount(name, now() - 100)
    const story = createSubscriptionStory(account, { price, trial: false, payAtOnce: true })
    await licensing.publish(account.events)
    const issued = () => licensing.events().find((event) => event.subscription === story.id)
    await until('it is issued', () => issued() !== undefined)
    const id = issued()?.licenseId ?? ''
    return { id, key: createLicenseKeys(licensing.env.ISSUER_SECRET).issue(id, 1).text }
  }
  const keysetOf = async (base = api): Promise<Keyset> =>
    (await (await fetch(`${base}/.well-known/jwks.json`)).json()) as Keyset
  const leaseOf = async (key: string, more: object = {}, base = api): Promise<string> => {
    const answer = await fetch(`${base}/api/v1/licenses/validate`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key, lease: true, ...more }),
    })
    return ((await answer.json()) as { lease: string }).lease
  }
  const kidOf = (lease: string): string =>
    JSON.parse(Buffer.from(lease.split('.')[0] ?? '', 'base64url').toString()).kid

  it('answer offline what the server said, to the question and the place that asked', async () => {
    const { id, key } = await buy('offline')
    await licensing.ask('POST', '/licenses/activate', { key, domain: 'shop.example.com' }, '')
    const question = { productId: 'keyflow-example', domain: 'SHOP.example.com:443', livemode: true }
    const answer = await licensing.validate(key, {
      product_id: 'keyflow-example',
      environment: 'live',
      domain: question.domain,
      entitlements: ['updates'],
      nonce: 'n-1',
      lease: true,
    })
    expect(answer).toMatchObject({
      status: 200,
      valid: true,
      code: 'VALID',
      locks: false,
      nonce: 'n-1',
      scope: { product_id: 'keyflow-example', environment: 'live', domain: 'SHOP.example.com:443' },
    })
    const keys = trustKeys(await keysetOf())
    const verified = await verifyLease(String(answer.lease), keys, question, { at: now(), nonce: 'n-1' })
    expect(verified).toMatchObject({
      ok: true,
      verdict: { valid: true, code: 'VALID' },
      claims: {
        iss: 'keyflow',
        sub: id,
        aud: 'keyflow-example',
        tier: 'pro',
        ent: ['updates', 'priority-support'],
      },
    })
    const claims = verified.ok ? verified.claims : undefined
    expect((claims?.exp ?? 0) - (claims?.iat ?? 0)).toBe(48 * 3600)
    const elsewhere = { ...question, domain: 'other.example.com' }
    expect(await verifyLease(String(answer.lease), keys, elsewhere, { at: now() })).toMatchObject({
      verdict: { valid: false, code: 'DOMAIN_SCOPE_MISMATCH' },
    })
    expect(
      await verifyLease(String(answer.lease), keys, question, { at: now(), nonce: 'n-2' }),
    ).toMatchObject({
      problem: 'NONCE_MISMATCH',
    })
  })

  it('are not given with a refusal: of a key for the other mode, another product, a place that is not activated (case 36)', async () => {
    const { key } = await buy('refused')
    const ask = (more: object) => licensing.validate(key, { lease: true, ...more })
    expect(await ask({ environment: 'test' })).toMatchObject({
      status: 200,
      valid: false,
      code: 'ENVIRONMENT_MISMATCH',
      locks: true,
      lease: null,
    })
    expect(await ask({ product_id: 'other' })).toMatchObject({ code: 'PRODUCT_SCOPE_MISMATCH', lease: null })
    expect(await ask({ domain: 'shop.example.com' })).toMatchObject({ code: 'NO_ACTIVATION', lease: null })
    expect(await ask({ entitlements: ['sso'] })).toMatchObject({
      code: 'ENTITLEMENTS_MISSING',
      missing_entitlements: ['sso'],
      lease: null,
    })
    const unknown = await licensing.validate('KF-000000-000000-000000-000000-000000-0000', { lease: true })
    expect(unknown).toMatchObject({ code: 'NOT_FOUND', valid: false, lease: null, license: null })
    expect(Object.keys(unknown).sort()).toEqual(Object.keys(await ask({})).sort())
  })

  it('are signed by keys that processes share, that survive a restart, and that the database does not hold in clear', async () => {
    const { key } = await buy('shared')
    const other = await startAnother(licensing)
    try {
      const before = await keysetOf()
      expect(await keysetOf(other.api)).toEqual(before)
      expect(before.keys.map(({ status }) => status).sort()).toEqual(['active', 'next'])
      expect(kidOf(await leaseOf(key))).toBe(kidOf(await leaseOf(key, {}, other.api)))
      const rows = await licensing.store.db.collection('signing_keys').find().toArray()
      expect(JSON.stringify(rows)).not.toMatch(/"d":/)
      await licensing.stopApps()
      await licensing.start()
      expect(await keysetOf()).toEqual(before)
    } finally {
      await other.stop()
    }
  })

  it('of a rotated key verify on, those of a revoked one do not, and an unknown key is not a bad signature (case 42)', async () => {
    const { key } = await buy('rotated')
    const stale = await keysetOf()
    const oldLease = await leaseOf(key)
    const from = kidOf(oldLease)
    const rotate = (body: object) => licensing.ask('POST', '/signing-keys/rotate', { ...AUDIT, ...body })
    const both = await Promise.all([rotate({ from }), rotate({ from })])
    expect(both.map(({ http }) => http).sort()).toEqual([200, 409])
    const newLease = await leaseOf(key)
    expect(kidOf(newLease)).toBe(stale.keys.find(({ status }) => status === 'next')?.kid)
    const codeOf = async (lease: string, keyset: Keyset) => {
      const verified = await verifyLease(lease, trustKeys(keyset), {}, { at: now() })
      return verified.ok ? verified.verdict.code : verified.problem
    }
    const fresh = await keysetOf()
    expect(await codeOf(oldLease, fresh)).toBe('VALID')
    expect(await codeOf(newLease, fresh)).toBe('VALID')
    expect(await codeOf(newLease, { ...stale, keys: stale.keys.filter(({ kid }) => kid === from) })).toBe(
      'UNKNOWN_KID',
    )
    const [head = '', body = '', signature = ''] = newLease.split('.')
    const forged = `${head}.${body.slice(0, -2)}AA.${signature}`
    expect(await codeOf(forged, fresh)).toBe('BAD_SIGNATURE')
    const revoked = await licensing.ask('POST', `/signing-keys/${from}/revoke`, AUDIT)
    expect(
      (revoked as unknown as SigningKeyListResponse).signing_keys.find(({ kid }) => kid === from)?.status,
    ).toBe('revoked')
    expect(await codeOf(oldLease, await keysetOf())).toBe('KEY_REVOKED')
    expect(await licensing.ask('POST', '/signing-keys/rotate', AUDIT, 'wrong-token')).toMatchObject({
      http: 401,
    })
  })

  it('stop counting when the license is revoked: online at once, in the signed feed a second later', async () => {
    const { id, key } = await buy('revoked')
    await leaseOf(key)
    const feed = async (since = 0) => {
      const answer = (await (await fetch(`${api}/api/v1/revocations?since=${since}`)).json()) as {
        epoch: number
        statement: string
      }
      const payload = JSON.parse(Buffer.from(answer.statement.split('.')[1] ?? '', 'base64url').toString())
      return {
        ...payload,
        lists: payload.entries.some(([digest, at]: [string, number]) => digest === digestOf(id) && at > 0),
      }
    }
    const before = await feed()
    expect(before.lists).toBe(false)
    await licensing.ask('POST', `/licenses/${id}/suspend`, AUDIT)
    expect(await licensing.validate(key, { lease: true })).toMatchObject({
      code: 'SUSPENDED',
      locks: true,
      lease: null,
    })
    await until('the feed says so', async () => (await feed(before.epoch)).lists)
    expect((await feed()).epoch).toBeGreaterThan(before.epoch)
    await licensing.ask('POST', `/licenses/${id}/reinstate`, AUDIT)
    await until('the feed takes it back', async () => !(await feed()).lists)
  })

  it('and feed and keyset are cached by what they say', async () => {
    for (const path of ['/.well-known/jwks.json', '/api/v1/revocations']) {
      const first = await fetch(`${api}${path}`)
      expect(first.headers.get('cache-control')).toMatch(/^public, max-age=\d+$/)
      const again = await fetch(`${api}${path}`, {
        headers: { 'if-none-match': first.headers.get('etag') ?? '' },
      })
      expect(again.status).toBe(304)
    }
  })

  it('cost a validation each, which is counted, and limited without ever being a verdict', async () => {
    const { id, key } = await buy('counted')
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        fetch(`${api}/api/v1/licenses/validate`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ key }),
        }),
      ),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(40)
    const limited = answers.filter(({ status }) => status === 429)
    expect(limited).toHaveLength(10)
    expect(Number(limited[0]?.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await limited[0]?.json()).toMatchObject({ type: '/problems/rate-limited', status: 429 })
    const usage = async () =>
      (await licensing.ask('GET', `/licenses/${id}/usage`)).months as { validations: number }[] | undefined
    await until('usage is written', async () => (await usage())?.[0]?.validations === 40)
  })
})

/** A second server on the same database and topics. */
const startAnother = async ({ env }: RunningLicensing) => {
  const settings = config.load({
    ...env,
    HTTP_PORT: String(await pickFreePort()),
    OPS_PORT: String(await pickFreePort()),
  })
  const logger = createLogger({ service: 'licensing', level: 'silent' })
  const stopping = new AbortController()
  const app = createApp(settings, { logger, onFatal: () => {}, signal: stopping.signal }, () => {})
  await app.start()
  return {
    api: `http://127.0.0.1:${settings.httpPort}`,
    stop: async () => {
      stopping.abort()
      await app.stop()
    },
  }
}
