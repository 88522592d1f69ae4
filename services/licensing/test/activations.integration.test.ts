import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { TOPICS } from '@keyflow/contracts'
import { createLicenseKeys } from '../src/adapters/crypto-license-keys.ts'
import { createStripeAccount } from './history/stripe-account.ts'
import { createSubscriptionStory, type PriceId } from './history/subscription-story.ts'
import { type RunningLicensing, runLicensing, until } from './run-licensing.ts'

const AUDIT = { actor: 'ops@seller', reason: 'a test' }

describe('where licenses are used', () => {
  let licensing: RunningLicensing

  beforeAll(async () => {
    licensing = await runLicensing()
    await licensing.start()
  })
  afterAll(async () => {
    await licensing.stop()
  })

  const buy = async (name: string, price: PriceId = 'price_starter_monthly') => {
    const account = createStripeAccount(name, Math.floor(Date.now() / 1000) - 100)
    const story = createSubscriptionStory(account, { price, trial: false, payAtOnce: true })
    await licensing.publish(account.events)
    const issued = () => licensing.events().find((event) => event.subscription === story.id)
    await until('it is issued', () => issued() !== undefined)
    const id = issued()?.licenseId ?? ''
    const key = createLicenseKeys(licensing.env.ISSUER_SECRET).issue(id, 1).text
    const app = (verb: 'activate' | 'deactivate', place: object) =>
      licensing.ask('POST', `/licenses/${verb}`, { key, ...place }, '')
    return { id, key, app, path: `/licenses/${id}/activations` }
  }

  it('is what applications say with their license key, one place for each name of a domain', async () => {
    const { app, path } = await buy('domains')
    expect(await app('activate', { domain: 'https://Shop.Example.com:8443/x' })).toMatchObject({
      http: 200,
      activation: { kind: 'domain', value: 'shop.example.com', rank: 1, within_limit: true },
      limit: 3,
      used: 1,
    })
    expect(await app('activate', { domain: 'SHOP.example.com.' })).toMatchObject({ http: 200, used: 1 })
    expect(await app('activate', { domain: 'bücher.example' })).toMatchObject({
      activation: { value: 'xn--bcher-kva.example', rank: 2 },
    })
    expect(await app('activate', { fingerprint: 'machine-0001' })).toMatchObject({
      http: 200,
      activation: { kind: 'machine', rank: 1 },
      used: 1,
    })
    expect(await licensing.ask('GET', path)).toMatchObject({
      domains: { used: 2, limit: 3 },
      machines: { used: 1, limit: 3 },
      activations: [
        { value: 'shop.example.com' },
        { value: 'xn--bcher-kva.example' },
        { value: 'machine-0001' },
      ],
    })
  })

  it('ends at the limit, and a place that is given up is free for another', async () => {
    const { app, path } = await buy('limit')
    for (const name of ['a', 'b', 'c']) await app('activate', { domain: `${name}.example` })
    expect(await app('activate', { domain: 'd.example' })).toMatchObject({
      http: 409,
      type: '/problems/activation-limit-reached',
      limit: 3,
      used: 3,
    })
    expect(await app('deactivate', { domain: 'A.example' })).toMatchObject({ http: 200, removed: true })
    expect(await app('deactivate', { domain: 'A.example' })).toMatchObject({ http: 200, removed: false })
    const added = await app('activate', { domain: 'd.example' })
    expect(added).toMatchObject({ http: 200, activation: { rank: 3 } })
    const { id } = added.activation as { id: string }
    expect(await licensing.ask('DELETE', `${path}/${id}`)).toMatchObject({ http: 200, removed: true })
    expect(await licensing.ask('GET', path)).toMatchObject({ domains: { used: 2 } })
  })

  it('keeps its ranks when the limit is lowered: the first ones stand (case 26)', async () => {
    const { id, app, path } = await buy('lowered', 'price_pro_monthly')
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
    for (const name of names) await app('activate', { domain: `${name}.example` })
    await licensing.ask('PATCH', `/licenses/${id}`, { ...AUDIT, max_domains: 3 })
    const { activations } = (await licensing.ask('GET', path)) as {
      activations: { value: string; within_limit: boolean }[]
    }
    expect(activations.map((a) => a.within_limit)).toEqual([true, true, true, false, false, false, false])
    expect(await app('activate', { domain: 'a.example' })).toMatchObject({ http: 200 })
    expect(await app('activate', { domain: 'g.example' })).toMatchObject({ http: 409 })
  })

  it('takes no new place for a license that is on hold, and tells no stranger which keys exist', async () => {
    const { id, app } = await buy('held')
    await licensing.ask('POST', `/licenses/${id}/suspend`, AUDIT)
    expect(await app('activate', { domain: 'a.example' })).toMatchObject({
      http: 403,
      type: '/problems/license-not-usable',
      license_status: 'suspended',
      reason: 'operator',
    })
    const other = { key: 'KF-AAAAAA', domain: 'a.example' }
    expect(await licensing.ask('POST', '/licenses/activate', other, '')).toMatchObject({
      http: 404,
      type: '/problems/license-not-found',
    })
  })

  it.each([
    ['no host', { domain: 'a b' }],
    ['a wildcard, which only the seller grants', { domain: '*.example.com' }],
    ['an operator of the database', { domain: { $ne: null } }],
    ['a domain and a machine at once', { domain: 'a.example', fingerprint: 'machine-0001' }],
    ['nothing', {}],
  ])('is never %s', async (_, place) => {
    const { app } = await buy(`bad ${_}`)
    expect(await app('activate', place)).toMatchObject({ http: 400, type: '/problems/invalid-request' })
  })

  it('may be a wildcard that the seller grants', async () => {
    const { app, path } = await buy('wildcard')
    expect(await licensing.ask('POST', path, { domain: '*.example.com' })).toMatchObject({ http: 200 })
    expect(await app('activate', { domain: 'eu.shop.example.com' })).toMatchObject({
      activation: { value: '*.example.com' },
      used: 1,
    })
  })

  it('comes back from the log after the database has lost it', async () => {
    const { id, app, path } = await buy('lost')
    for (const name of ['a', 'b', 'c']) await app('activate', { domain: `${name}.example` })
    await app('deactivate', { domain: 'b.example' })
    await app('activate', { domain: 'd.example' })
    const before = await licensing.ask('GET', path)
    const { db } = licensing.store
    await until('all of it is in the log', async () => (await db.collection('outbox').countDocuments()) === 0)
    await licensing.stopApps()
    await db.collection('activations').deleteMany({})
    await db.collection('idempotency').deleteMany({ _id: { $regex: `^act_${id}` } as never })
    await licensing.rewind(TOPICS.licenseActivations.name)
    await licensing.start()
    await until(
      'it is back',
      async () => JSON.stringify(await licensing.ask('GET', path)) === JSON.stringify(before),
    )
  })
})
