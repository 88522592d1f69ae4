import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createStripeAccount } from './history/stripe-account.ts'
import { createSubscriptionStory } from './history/subscription-story.ts'
import { type RunningLicensing, runLicensing, until } from './run-licensing.ts'

const WISH = {
  product_id: 'keyflow-example',
  customer_email: 'ada@example.com',
  customer_name: 'Ada Lovelace',
  tier: 'pro',
  max_domains: 7,
  metadata: { stripe_customer_id: 'cus_ada', order: '4711' },
}

describe('the license API', () => {
  let licensing: RunningLicensing

  beforeAll(async () => {
    licensing = await runLicensing()
    await licensing.start()
  })
  afterAll(async () => {
    await licensing.stop()
  })

  const create = (more: object = {}, headers = {}) =>
    licensing.ask('POST', '/licenses', { ...WISH, ...more }, undefined, headers)
  const eventsOf = (id: unknown) => licensing.events().filter((event) => event.licenseId === id)

  it('gives a license as the tutorial does: the key validates at once, and the customer gets it by mail', async () => {
    const made = await create()
    expect(made).toMatchObject({
      http: 201,
      status: 'active',
      tier: 'pro',
      max_domains: 7,
      features: ['updates', 'priority-support'],
      source: 'comped',
      metadata: WISH.metadata,
      stripe_customer_id: 'cus_ada',
      key: expect.stringMatching(/^KF-/),
    })
    expect(await licensing.validate(String(made.key))).toMatchObject({ valid: true, code: 'VALID' })
    await until('it is told', () => eventsOf(made.id).length === 1)
    expect(eventsOf(made.id)[0]).toMatchObject({
      type: 'license.issued',
      customer: 'cus_ada',
      encryptedKey: expect.any(String),
      after: { tier: 'pro', maxDomains: 7, metadata: WISH.metadata },
    })
    expect(eventsOf(made.id)[0]).not.toHaveProperty('quiet')
  })

  it('keeps names and addresses in clear neither in its database nor in the log', async () => {
    await create()
    const stored = await licensing.dump()
    expect(stored).toContain('keyflow-example')
    expect(stored).not.toMatch(/ada@example\.com|Lovelace/)
    const logged = licensing.seen.map((record) => Buffer.from(record.value as Uint8Array).toString())
    expect(logged.join('')).not.toMatch(/ada@example\.com|Lovelace/)
  })

  it('does a request once, however often it is sent at once, and gives its answer again', async () => {
    const key = { 'idempotency-key': 'order-4712' }
    const answers = await Promise.all(Array.from({ length: 8 }, () => create({ tier: 'starter' }, key)))
    expect(new Set(answers.map(({ http, id, key: text }) => `${http} ${id} ${text}`)).size).toBe(1)
    expect(answers[0]).toMatchObject({ http: 201 })
    expect(eventsOf(answers[0]?.id)).toHaveLength(1)
    expect(await create({ tier: 'business' }, key)).toMatchObject({
      http: 422,
      type: '/problems/idempotency-key-reused',
    })
    const stored = JSON.stringify(await licensing.store.db.collection('idempotent_requests').find().toArray())
    expect(stored).not.toContain(String(answers[0]?.key))
  })

  it('brings a license along with the key that its customer has, silently', async () => {
    const key = 'OLD-SYSTEM-1234-5678-ABCD'
    const made = await create({ key, expires_at: '2040-01-01T00:00:00Z' })
    expect(made).toMatchObject({
      http: 201,
      source: 'imported',
      valid_through: '2040-01-01T00:00:00.000Z',
    })
    expect(made).not.toHaveProperty('key')
    expect(await licensing.validate(key)).toMatchObject({ valid: true, license: { id: made.id } })
    await until('it is told', () => eventsOf(made.id).length === 1)
    expect(eventsOf(made.id)[0]).toMatchObject({ quiet: true })
    expect(eventsOf(made.id)[0]).not.toHaveProperty('encryptedKey')
    expect(await create({ key })).toMatchObject({ http: 409, type: '/problems/key-in-use' })
    expect(await licensing.dump()).not.toContain(key)
  })

  it('changes tier, limits and notes by PATCH, and takes each back', async () => {
    const { id } = await create()
    const path = `/licenses/${id}`
    const patched = await licensing.ask('PATCH', path, {
      tier: 'business',
      features: ['beta'],
      metadata: { order: null, seat: '12' },
    })
    expect(patched).toMatchObject({
      http: 200,
      tier: 'business',
      max_domains: 25,
      features: ['beta'],
      metadata: { stripe_customer_id: 'cus_ada', seat: '12' },
    })
    expect(await licensing.ask('PATCH', path, { tier: null, features: null })).toMatchObject({
      tier: 'pro',
      max_domains: 7,
      features: ['updates', 'priority-support'],
    })
    expect(await licensing.ask('PATCH', path, { tier: 'nothing' })).toMatchObject({
      http: 422,
      type: '/problems/unknown-tier',
    })
    await until('all is told', () => eventsOf(id).length === 3)
    expect(eventsOf(id).map((event) => event.type)).toEqual([
      'license.issued',
      'license.tier_changed',
      'license.tier_changed',
    ])
  })

  it('lets one of two writers through that read the same version, and tells the other (ETag, If-Match)', async () => {
    const { id, etag } = await create()
    const path = `/licenses/${id}`
    expect(await licensing.ask('GET', path)).toMatchObject({ etag })
    const writes = await Promise.all(
      ['one', 'two', 'three'].map((by) =>
        licensing.ask('PATCH', path, { metadata: { by } }, undefined, { 'if-match': String(etag) }),
      ),
    )
    expect(writes.map(({ http }) => http).sort()).toEqual([200, 412, 412])
    expect(writes.find(({ http }) => http === 412)).toMatchObject({ type: '/problems/precondition-failed' })
    const winner = writes.find(({ http }) => http === 200)
    expect(await licensing.ask('GET', path)).toMatchObject({ metadata: winner?.metadata as object })
  })

  it('replaces a key; the old one works until its overlap ends, and says that it is old (case 44)', async () => {
    const { id, key: first } = await create()
    const rotated = await licensing.ask('POST', `/licenses/${id}/rotate-key`, { overlap_seconds: 3600 })
    expect(rotated).toMatchObject({ http: 200, key_version: 2, key: expect.stringMatching(/^KF-/) })
    expect(rotated.key).not.toBe(first)
    expect(await licensing.validate(String(rotated.key))).toMatchObject({ code: 'VALID', rotated: null })
    const old = await licensing.validate(String(first))
    expect(old).toMatchObject({
      valid: true,
      code: 'KEY_ROTATED',
      rotated: { overlap_ends_at: rotated.overlap_ends_at },
    })
    expect(JSON.stringify(old)).not.toContain(String(rotated.key))
    await until('it is told', () => eventsOf(id).length === 2)
    expect(eventsOf(id)[1]).toMatchObject({
      type: 'license.key_rotated',
      keyVersion: 2,
      encryptedKey: expect.any(String),
      oldKeyUntil: rotated.overlap_ends_at,
    })
    const again = await licensing.ask('POST', `/licenses/${id}/rotate-key`, { overlap_seconds: 0 })
    expect(await licensing.validate(String(rotated.key))).toMatchObject({ valid: false, code: 'KEY_ROTATED' })
    expect(await licensing.validate(String(first))).toMatchObject({ valid: true, code: 'KEY_ROTATED' })
    expect(await licensing.validate(String(again.key))).toMatchObject({ valid: true, code: 'VALID' })
    const dead = { key: rotated.key, domain: 'a.example' }
    expect(await licensing.ask('POST', '/licenses/activate', dead, '')).toMatchObject({ http: 404 })
  })

  it('lists by everything that a seller looks for, page by page', async () => {
    const note = { batch: 'listed' }
    const ids: unknown[] = []
    for (let i = 0; i < 5; i += 1) ids.push((await create({ metadata: note })).id)
    await licensing.ask('POST', `/licenses/${ids[0]}/suspend`, { reason: 'a test' })
    const list = async (query: string) => {
      const page = await licensing.ask('GET', `/licenses?metadata=batch:listed&${query}`)
      const ids = (page.licenses as { id: string }[]).map(({ id }) => id)
      return { next_cursor: page.next_cursor, ids }
    }
    const pages = [await list('limit=2')]
    while (pages.at(-1)?.next_cursor !== null)
      pages.push(await list(`limit=2&cursor=${pages.at(-1)?.next_cursor}`))
    expect(pages.map((page) => page.ids.length)).toEqual([2, 2, 1])
    expect(pages.flatMap((page) => page.ids)).toEqual(ids.toReversed())
    expect((await list('status=suspended')).ids).toEqual([ids[0]])
    expect((await list('status=active&tier=pro&source=comped')).ids).toHaveLength(4)
    expect((await list('status=expired')).ids).toEqual([])
    expect((await list('created_before=2020-01-01T00:00:00Z')).ids).toEqual([])
    expect((await list('product_id=keyflow-example&created_from=2020-01-01T00:00:00Z')).ids).toHaveLength(5)
    for (const bad of ['cursor=nonsense', 'status[$ne]=active', 'limit=1000', 'metadata=a.b:c'])
      expect(await licensing.ask('GET', `/licenses?${bad}`)).toMatchObject({ http: 400 })
  })

  it('lets a thank-you page wait for its payment, and shows the key to whom it may', async () => {
    const session = 'cs_live_thanks'
    const path = `/licenses/by-session/${session}`
    expect(await licensing.ask('GET', path)).toMatchObject({ http: 200, state: 'pending', licenses: [] })
    const waiting = licensing.ask('GET', `${path}?wait=20`)
    const account = createStripeAccount('thanks', Math.floor(Date.now() / 1000) - 100)
    const price = 'price_pro_monthly'
    const story = createSubscriptionStory(account, { price, trial: false, payAtOnce: true })
    account.emit('checkout.session.completed', {
      id: session,
      object: 'checkout.session',
      mode: 'subscription',
      status: 'complete',
      payment_status: 'paid',
      customer: story.customer,
      subscription: story.id,
      created: account.now(),
    })
    await licensing.publish(account.events)
    const thanked = (await waiting) as { state: string; licenses: { key: string }[] }
    expect(thanked).toMatchObject({ state: 'ready', licenses: [{ status: 'active' }] })
    expect(await licensing.validate(thanked.licenses[0]?.key ?? '')).toMatchObject({ valid: true })
    const reader = { name: 'reader', scopes: ['licenses:read'], mode: 'live' }
    const { key } = await licensing.ask('POST', '/api-keys', reader)
    const seen = (await licensing.ask('GET', path, undefined, String(key))) as { licenses: object[] }
    expect(seen.licenses[0]).not.toHaveProperty('key')
  })

  it('describes itself: OpenAPI 3.1, a page to browse it from its own origin, and a page for each problem', async () => {
    const at = (path: string) => fetch(`${licensing.api}${path}`)
    const document = (await (await at('/openapi.json')).json()) as { openapi: string; paths: object }
    expect(document.openapi).toBe('3.1.0')
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(['/api/v1/licenses', '/api/v1/licenses/{id}', '/api/v1/licenses/validate']),
    )
    const page = await (await at('/docs')).text()
    expect(page).toContain('swagger-ui')
    expect(page).not.toMatch(/(src|href)="https?:/)
    expect(await (await at('/problems/key-in-use')).json()).toMatchObject({ status: 409 })
    const other = await fetch(`${licensing.api}/api/v1/licenses`, { method: 'PUT' })
    expect(other.status).toBe(405)
    expect(other.headers.get('allow')).toBe('GET, HEAD, POST')
  })

  it.each([
    ['an unknown tier', { tier: 'nothing' }, 422],
    ['notes without bounds', { metadata: { ['k'.repeat(41)]: 'x' } }, 400],
    [
      'too many notes',
      { metadata: Object.fromEntries([...Array(51).keys()].map((i) => [`k${i}`, 'x'])) },
      400,
    ],
    ['notes that are no text', { metadata: { a: { $gt: '' } } }, 400],
    ['a field that nobody knows', { is_admin: true }, 400],
    ['an operator instead of a text', { tier: { $ne: null } }, 400],
    ['no address', { customer_email: 'ada' }, 400],
    ['an instant that is none', { expires_at: 'tomorrow' }, 400],
  ])('refuses %s', async (_, more, http) => {
    const refused = await create(more)
    expect(refused).toMatchObject({ http })
    expect(JSON.stringify(refused)).not.toContain('ada@example.com')
  })

  it('shows a key of test mode no license of live mode', async () => {
    const { id } = await create()
    const scopes = ['licenses:read', 'licenses:write']
    const { key } = await licensing.ask('POST', '/api-keys', { name: 'test', scopes, mode: 'test' })
    expect(await licensing.ask('GET', `/licenses/${id}`, undefined, String(key))).toMatchObject({ http: 404 })
    const own = await licensing.ask('POST', '/licenses', WISH, String(key))
    expect(own).toMatchObject({ http: 201, livemode: false })
    expect(await licensing.ask('POST', '/licenses', { ...WISH, livemode: true }, String(key))).toMatchObject({
      http: 422,
    })
  })
})
