import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { KEYSET_TYPE } from '@keyflow/client/protocol'
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { signJson } from '../src/adapters/jose-signing-keys.ts'
import { type RunningLicensing, runLicensing, until } from './run-licensing.ts'

const CATALOG = `
tiers:
  quota: { max_domains: 3, features: [], validations_per_month: 4 }
  alive: { max_domains: 3, features: [], require: fingerprint, heartbeat_minutes: 1 }
prices: {}
`

describe('what sold software asks', () => {
  let licensing: RunningLicensing
  const folder = mkdtempSync(join(tmpdir(), 'keyflow-catalog-'))
  let root: Awaited<ReturnType<typeof generateKeyPair>>

  beforeAll(async () => {
    const catalogFile = join(folder, 'catalog.yaml')
    writeFileSync(catalogFile, CATALOG)
    root = await generateKeyPair('EdDSA', { extractable: true })
    licensing = await runLicensing({
      CATALOG_FILE: catalogFile,
      SIGNING_ROOT_KEY: (await exportJWK(root.publicKey)).x ?? '',
    })
    await licensing.start()
  })
  afterAll(async () => {
    await licensing.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const make = async (tier: string) => {
    const wish = { product_id: 'app', customer_email: 'ada@example.com', tier }
    const made = await licensing.ask('POST', '/licenses', wish)
    return { id: String(made.id), key: String(made.key) }
  }

  it('is answered with 429 once the quota of the month is used up: no verdict, with when it begins anew', async () => {
    const { id, key } = await make('quota')
    for (let used = 1; used <= 4; used += 1)
      expect(await licensing.validate(key)).toMatchObject({
        status: 200,
        valid: true,
        quota: { limit: 4, used },
      })
    const answer = await fetch(`${licensing.api}/api/v1/licenses/validate`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key }),
    })
    expect(answer.status).toBe(429)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    const problem = (await answer.json()) as { quota: { resets_at: string } }
    expect(problem).toMatchObject({ type: '/problems/quota-used-up', quota: { limit: 4, used: 4 } })
    expect(problem).not.toHaveProperty('valid')
    expect(new Date(problem.quota.resets_at).getUTCDate()).toBe(1)
    // Bad news is told all the same.
    await licensing.ask('POST', `/licenses/${id}/suspend`, { reason: 'a test' })
    expect(await licensing.validate(key)).toMatchObject({ status: 200, valid: false, code: 'SUSPENDED' })
  })

  it('keeps a quota over a restart, and counts what other processes have written', async () => {
    const { id, key } = await make('quota')
    await licensing.validate(key)
    await licensing.validate(key)
    const written = async () =>
      ((await licensing.ask('GET', `/licenses/${id}/usage`)).months as { validations: number }[])[0]
        ?.validations
    await until('usage is written', async () => (await written()) === 2)
    await licensing.stopApps()
    await licensing.start()
    expect(await licensing.validate(key)).toMatchObject({ quota: { used: 3 } })
    await licensing.store.db
      .collection('license_usage')
      .updateOne({ licenseId: id }, { $inc: { validations: 9 } })
    await until('it is seen', async () => (await licensing.validate(key)).status === 429)
  })

  it('tells of a place that never said that it lives, lives, and lives no more', async () => {
    const { key } = await make('alive')
    const place = { fingerprint: 'machine-0001' }
    const beat = (where: object = place) =>
      licensing.ask('POST', '/licenses/heartbeat', { key, ...where }, '')
    expect(await beat()).toMatchObject({ http: 404, type: '/problems/activation-not-found' })
    await licensing.ask('POST', '/licenses/activate', { key, ...place }, '')
    expect(await licensing.validate(key, place)).toMatchObject({
      code: 'HEARTBEAT_NOT_STARTED',
      valid: false,
    })
    expect(await beat()).toEqual({ http: 200, next_within_seconds: 60 })
    expect(await licensing.validate(key, place)).toMatchObject({ code: 'VALID', valid: true })
    const heartbeats = licensing.store.db.collection('heartbeats')
    await heartbeats.updateMany({}, { $set: { at: new Date(Date.now() - 90_000) } })
    expect(await licensing.validate(key, place)).toMatchObject({ code: 'HEARTBEAT_DEAD', locks: false })
    expect(await beat()).toMatchObject({ http: 200 })
    expect(await licensing.validate(key, place)).toMatchObject({ code: 'VALID' })
    expect(await beat({ domain: 'a b' })).toMatchObject({ http: 400 })
    const stranger = await licensing.ask('POST', '/licenses/heartbeat', { key: 'KF-NOBODY', ...place }, '')
    expect(stranger).toMatchObject({ http: 404, type: '/problems/license-not-found' })
  })

  it('believes in the keys that the offline root has endorsed: published as they were signed, the later one stays', async () => {
    const { x = '' } = await exportJWK(root.publicKey)
    const kid = await calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x })
    const { keys } = (await (await fetch(`${licensing.api}/.well-known/jwks.json`)).json()) as {
      keys: object[]
    }
    const signed = (iat: number, key = root.privateKey) =>
      signJson({ iat, keys, revoked: [] }, KEYSET_TYPE, { kid, key })
    const endorse = (endorsement: string) =>
      licensing.ask('PUT', '/signing-keys/endorsement', { endorsement })
    const later = await signed(2000)
    expect(await endorse(later)).toMatchObject({ http: 200, endorsement: later })
    expect(await endorse(later)).toMatchObject({ http: 200, endorsement: later })
    expect(await endorse(await signed(1000))).toMatchObject({ http: 422, type: '/problems/unprocessable' })
    const stranger = await generateKeyPair('EdDSA')
    expect(await endorse(await signed(3000, stranger.privateKey))).toMatchObject({ http: 422 })
    expect(await endorse('nonsense')).toMatchObject({ http: 422 })
    const published = (await (await fetch(`${licensing.api}/.well-known/jwks.json`)).json()) as object
    expect(published).toMatchObject({ endorsement: later })
    const reader = { name: 'reader', scopes: ['licenses:read'], mode: 'live' }
    const { key } = await licensing.ask('POST', '/api-keys', reader)
    expect(
      await licensing.ask('PUT', '/signing-keys/endorsement', { endorsement: later }, String(key)),
    ).toMatchObject({ http: 403 })
  })
})
