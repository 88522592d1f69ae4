import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createStripeAccount } from './history/stripe-account.ts'
import { createSubscriptionStory, type PriceId } from './history/subscription-story.ts'
import { type RunningLicensing, runLicensing, until } from './run-licensing.ts'

const WISH = { product_id: 'keyflow-example', customer_email: 'ada@example.com', tier: 'pro' }

describe('writes that are sent twice', () => {
  let licensing: RunningLicensing

  beforeAll(async () => {
    licensing = await runLicensing()
    await licensing.start()
  })
  afterAll(async () => {
    await licensing.stop()
  })

  const send = (method: 'POST' | 'DELETE', path: string, body: object | undefined, key: string) =>
    licensing.ask(method, path, body, undefined, { 'idempotency-key': key })

  /** The same request twice gives one answer; the same key with another one is a clear error. */
  const sendTwice = async (path: string, body: object, other: object, key = path) => {
    const both = await Promise.all([send('POST', path, body, key), send('POST', path, body, key)])
    expect(both[0]).toEqual(both[1])
    expect(await send('POST', path, other, key)).toMatchObject({
      http: 422,
      type: '/problems/idempotency-key-reused',
    })
    return both[0] as Record<string, unknown>
  }
  const unknownPrice = async (name: string) => {
    const account = createStripeAccount(name, Math.floor(Date.now() / 1000) - 100)
    createSubscriptionStory(account, { price: `price_${name}` as PriceId, trial: false, payAtOnce: true })
    await licensing.publish(account.events)
    const find = async () => {
      const { reviews } = (await licensing.ask('GET', '/reviews')) as {
        reviews: { id: string; price: string }[]
      }
      return reviews.find(({ price }) => price === `price_${name}`)
    }
    await until('it is under review', async () => (await find()) !== undefined)
    return `/reviews/${encodeURIComponent((await find())?.id ?? '')}`
  }

  it('make one API key, and show it to whoever asks again', async () => {
    const wish = { name: 'once', scopes: ['reviews:read'], mode: 'live' }
    const made = await sendTwice('/api-keys', wish, { ...wish, name: 'other' })
    expect(made).toMatchObject({ http: 201, key: expect.stringMatching(/^kf_live_/) })
    const { api_keys: keys } = (await licensing.ask('GET', '/api-keys')) as { api_keys: { name: string }[] }
    expect(keys.filter(({ name }) => name === 'once')).toHaveLength(1)
    expect(await licensing.ask('GET', '/reviews', undefined, String(made.key))).toMatchObject({ http: 200 })
    expect(await licensing.dump()).not.toContain(String(made.key))
    const path = `/api-keys/${made.id}`
    const revoked = await send('DELETE', path, undefined, 'revoke-once')
    expect(await send('DELETE', path, undefined, 'revoke-once')).toEqual(revoked)
  })

  it('dismiss a review once', async () => {
    const path = await unknownPrice('dismissed')
    const body = { reason: 'a test' }
    expect(await sendTwice(`${path}/dismiss`, body, { reason: 'another' })).toMatchObject({
      http: 200,
      state: 'dismissed',
    })
    expect(await licensing.ask('POST', `${path}/dismiss`, body)).toMatchObject({ http: 409 })
  })

  it('map a price once', async () => {
    const path = await unknownPrice('mapped')
    const sells = { tier: 'pro', product_id: 'keyflow-example', reason: 'a test' }
    const before = (await licensing.ask('GET', '/catalog/versions')) as { versions: unknown[] }
    expect(await sendTwice(`${path}/map`, sells, { ...sells, tier: 'starter' })).toMatchObject({ http: 200 })
    const after = (await licensing.ask('GET', '/catalog/versions')) as { versions: unknown[] }
    expect(after.versions).toHaveLength(before.versions.length + 1)
  })

  it('apply a version of the catalog once', async () => {
    const { versions } = (await licensing.ask('GET', '/catalog/versions')) as {
      versions: { version: number }[]
    }
    const parent = Math.max(...versions.map(({ version }) => version))
    const body = { rollback_to: 1, parent, reason: 'a test' }
    expect(await sendTwice('/catalog/versions', body, { ...body, reason: 'another' })).toMatchObject({
      http: 201,
      version: parent + 1,
    })
  })

  it('rotate the signing key once', async () => {
    const body = { reason: 'yearly' }
    const rotated = await sendTwice('/signing-keys/rotate', body, { ...body, revoke: true })
    expect(rotated).toMatchObject({ http: 200 })
    expect((await licensing.ask('GET', '/signing-keys')).signing_keys).toHaveLength(3)
  })

  it('add and remove an activation once', async () => {
    const { id } = await licensing.ask('POST', '/licenses', WISH)
    const path = `/licenses/${id}/activations`
    const added = await sendTwice(path, { domain: 'a.example' }, { domain: 'b.example' })
    const one = `${path}/${(added.activation as { id: string }).id}`
    const removed = await send('DELETE', one, undefined, 'remove-once')
    expect(removed).toMatchObject({ http: 200, removed: true })
    expect(await send('DELETE', one, undefined, 'remove-once')).toEqual(removed)
  })

  it('find the decision that was accepted before and is not folded yet: If-Match waits for it, and never passes it by', async () => {
    const { id, etag } = await licensing.ask('POST', '/licenses', WISH)
    const path = `/licenses/${id}`
    const patch = (by: string) =>
      licensing.ask('PATCH', path, { metadata: { by } }, undefined, { 'if-match': String(etag) })
    const generation = licensing.store.db.collection('generation')
    await generation.updateOne({}, { $set: { state: 'building' } })
    try {
      expect(await patch('first')).toMatchObject({ http: 202, accepted: true })
      expect(await patch('second')).toMatchObject({ http: 503, type: '/problems/unavailable' })
    } finally {
      await generation.updateOne({}, { $set: { state: 'live' } })
    }
    await until(
      'the first is folded',
      async () =>
        ((await licensing.ask('GET', path)).metadata as { by?: string } | undefined)?.by === 'first',
      60_000,
    )
    expect(await patch('third')).toMatchObject({ http: 412, type: '/problems/precondition-failed' })
    const fresh = String((await licensing.ask('GET', path)).etag)
    expect(
      await licensing.ask('PATCH', path, { metadata: { by: 'fourth' } }, undefined, { 'if-match': fresh }),
    ).toMatchObject({ http: 200, metadata: { by: 'fourth' } })
  }, 120_000)
})
