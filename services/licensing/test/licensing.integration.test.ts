import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type DeadLetterRow, openLetter } from '@keyflow/runtime'
import { compactDecrypt } from 'jose'
import { createStripeAccount, type Json } from './history/stripe-account.ts'
import { createSubscriptionStory } from './history/subscription-story.ts'
import { type RunningLicensing, runLicensing, until } from './run-licensing.ts'

const transportKey = new Uint8Array(Buffer.alloc(32, 7))
const decrypt = async (jwe: string): Promise<string> =>
  new TextDecoder().decode((await compactDecrypt(jwe, transportKey)).plaintext)

const now = (): number => Math.floor(Date.now() / 1000)

describe('licensing on a real Kafka and a real MongoDB', () => {
  let licensing: RunningLicensing
  let stripe: ReturnType<typeof createServer>
  const lineItems = new Map<string, Json[]>()
  const asked: string[] = []

  beforeAll(async () => {
    stripe = createServer((request, response) => {
      const path = request.url ?? ''
      asked.push(path)
      const session = /sessions\/([^/]+)\/line_items/.exec(path)?.[1] ?? ''
      const data = lineItems.get(session)
      response.writeHead(data === undefined ? 404 : 200, { 'content-type': 'application/json' })
      response.end(
        JSON.stringify(
          data === undefined
            ? { error: { type: 'invalid_request_error', message: 'No such session' } }
            : { object: 'list', data, has_more: false, url: path },
        ),
      )
    })
    await new Promise<void>((resolve) => stripe.listen(0, '127.0.0.1', resolve))
    const { port } = stripe.address() as { port: number }
    licensing = await runLicensing({ STRIPE_API_BASE: `http://127.0.0.1:${port}` })
    await licensing.start()
  })

  afterAll(async () => {
    await licensing.stop()
    stripe.close()
  })

  const eventsOf = (subscription: string) => licensing.events().filter((e) => e.subscription === subscription)

  it('turns a paid subscription into one license whose key validates', async () => {
    const account = createStripeAccount('buy', now())
    const story = createSubscriptionStory(account, {
      price: 'price_pro_monthly',
      trial: false,
      payAtOnce: true,
    })
    await licensing.publish(account.events)
    await until('the license is issued', async () => eventsOf(story.id).length > 0)
    const [issued] = eventsOf(story.id)
    expect(issued).toMatchObject({
      type: 'license.issued',
      livemode: true,
      customer: story.customer,
      after: { status: 'active', tier: 'pro', maxDomains: 10 },
    })
    expect(issued?.contactRefs).toContain(story.customer)
    const key = await decrypt(issued?.encryptedKey ?? '')
    expect(await licensing.validate(key, { nonce: 'n1' })).toMatchObject({
      status: 200,
      valid: true,
      code: 'VALID',
      nonce: 'n1',
      license: { id: issued?.licenseId, tier: 'pro', max_domains: 10 },
    })
    expect(await licensing.validate(key.toLowerCase().replaceAll('-', ' '))).toMatchObject({ valid: true })
    expect(await licensing.ask('GET', `/licenses/${issued?.licenseId}`)).toMatchObject({
      http: 200,
      status: 'active',
      stripe_subscription_id: story.id,
    })
    expect(await licensing.ask('GET', `/licenses/${issued?.licenseId}`, undefined, 'wrong')).toMatchObject({
      http: 401,
    })
  })

  it('keeps no license key in clear, neither in the database nor on the topic', async () => {
    const [issued] = licensing.events()
    const key = await decrypt(issued?.encryptedKey ?? '')
    const compact = key.replaceAll('-', '')
    for (const { name } of await licensing.store.db.listCollections().toArray())
      for (const document of await licensing.store.db.collection(name).find().toArray()) {
        const text = JSON.stringify(document)
        expect(text.includes(key) || text.includes(compact)).toBe(false)
      }
    for (const record of licensing.seen)
      expect(Buffer.from(record.value as Uint8Array).toString()).not.toContain(key)
  })

  it('keeps no name, no address and no personal link of a buyer', async () => {
    const account = createStripeAccount('private', now())
    const story = createSubscriptionStory(account, {
      price: 'price_pro_monthly',
      trial: false,
      payAtOnce: true,
    })
    const personal = {
      customer_email: 'grace@example.test',
      customer_name: 'Grace Hopper',
      hosted_invoice_url: 'https://pay.example.test/grace',
    }
    for (const event of account.events)
      if (event.type.startsWith('invoice.')) Object.assign(event.data.object, personal)
    await licensing.publish(account.events)
    await until('it is issued', () => eventsOf(story.id).length > 0)
    for (const { name } of await licensing.store.db.listCollections().toArray())
      for (const document of await licensing.store.db.collection(name).find().toArray())
        expect(JSON.stringify(document)).not.toMatch(/grace/i)
  })

  it('answers NOT_FOUND for a key that nobody has, and for what cannot be a key', async () => {
    expect(await licensing.validate('KF-000000-000000-000000-000000-000000-0000')).toMatchObject({
      status: 200,
      code: 'NOT_FOUND',
      license: null,
    })
    expect(await licensing.validate('{"$gt":""}')).toMatchObject({ status: 200, code: 'NOT_FOUND' })
    expect(await licensing.validate('x'.repeat(300))).toMatchObject({ status: 400 })
  })

  it('issues one license for the same event delivered fifty times at once (case 4)', async () => {
    const account = createStripeAccount('fifty', now())
    const story = createSubscriptionStory(account, {
      price: 'price_starter_monthly',
      trial: false,
      payAtOnce: true,
    })
    await licensing.publish(
      Array.from({ length: 50 }, () => account.events).flat(),
      // On several partitions, so that several transactions meet.
      (event) => `platform:live:${event.type}`,
    )
    await until('the license is issued', async () => eventsOf(story.id).length > 0)
    // A last record behind all the others, on every partition, shows that they have been consumed.
    const closing = createStripeAccount('closing', now())
    const last = createSubscriptionStory(closing, {
      price: 'price_starter_monthly',
      trial: false,
      payAtOnce: true,
    })
    await licensing.publish(closing.events)
    await until('the records behind are consumed', async () => eventsOf(last.id).length > 0)
    expect(eventsOf(story.id).map((e) => e.type)).toEqual(['license.issued'])
    expect(
      await licensing.store.db.collection('licenses').countDocuments({ 'origin.subscription': story.id }),
    ).toBe(1)
  })

  it('changes the tier, suspends, reinstates and revokes the same license with the same key', async () => {
    const account = createStripeAccount('life', now())
    const story = createSubscriptionStory(account, {
      price: 'price_starter_monthly',
      trial: false,
      payAtOnce: true,
    })
    const publishNew = async (from: number): Promise<number> => {
      await licensing.publish(account.events.slice(from))
      return account.events.length
    }
    const expectStatus = async (status: string, count: number): Promise<void> => {
      await until(`event ${count}`, async () => eventsOf(story.id).length >= count)
      expect(eventsOf(story.id).at(-1)?.after.status).toBe(status)
    }
    let sent = await publishNew(0)
    await expectStatus('active', 1)
    account.advance(10)
    story.actions.changePrice('price_pro_monthly')
    sent = await publishNew(sent)
    await until('the tier changes', async () =>
      eventsOf(story.id).some((e) => e.type === 'license.tier_changed'),
    )
    account.advance(10)
    story.actions.togglePause()
    sent = await publishNew(sent)
    await until('it is suspended', async () => eventsOf(story.id).at(-1)?.type === 'license.suspended')
    account.advance(10)
    story.actions.togglePause()
    sent = await publishNew(sent)
    await until('it is reinstated', async () => eventsOf(story.id).at(-1)?.type === 'license.reinstated')
    account.advance(10)
    story.actions.renewAndFail()
    sent = await publishNew(sent)
    await until('grace starts', async () => eventsOf(story.id).at(-1)?.type === 'license.grace_started')
    account.advance(10)
    story.actions.recover()
    sent = await publishNew(sent)
    await until('grace ends', async () => eventsOf(story.id).at(-1)?.after.status === 'active')
    account.advance(10)
    story.actions.cancel()
    await publishNew(sent)
    await until('it ends', async () => eventsOf(story.id).at(-1)?.type === 'license.revoked')
    const all = eventsOf(story.id)
    expect(new Set(all.map((e) => e.licenseId)).size).toBe(1)
    expect(all.map((e) => e.licenseVersion)).toEqual(all.map((_, at) => at + 1))
    for (const [at, event] of all.entries()) if (at > 0) expect(event.before).toEqual(all[at - 1]?.after)
    const key = await decrypt(all[0]?.encryptedKey ?? '')
    expect(await licensing.validate(key)).toMatchObject({ valid: false, code: 'REVOKED', reason: 'canceled' })
  })

  it('asks Stripe for the line items of a guest purchase, through the log', async () => {
    const account = createStripeAccount('guest', now())
    const session = account.nextId('cs')
    lineItems.set(session, [
      {
        id: 'li_guest',
        object: 'item',
        quantity: 1,
        price: { id: 'price_business_annual', object: 'price', product: 'prod_b', lookup_key: null },
      },
    ])
    account.emit('checkout.session.completed', {
      id: session,
      object: 'checkout.session',
      mode: 'payment',
      status: 'complete',
      payment_status: 'paid',
      customer: null,
      customer_details: { email: 'guest@example.test' },
      payment_intent: 'pi_guest',
      amount_total: 5000,
      currency: 'usd',
      created: now(),
    })
    await licensing.publish(account.events, () => 'platform:live:pi_guest')
    await until('the license is issued', async () =>
      licensing.events().some((e) => e.contactRefs.includes(session)),
    )
    const issued = licensing.events().find((e) => e.contactRefs.includes(session))
    expect(issued).toMatchObject({
      type: 'license.issued',
      customer: null,
      after: { tier: 'business', maxDomains: 25 },
    })
    expect(asked.filter((path) => path.includes(session))).toHaveLength(1)
  })

  it('keeps open questions when two ledgers turn out to be one buyer', async () => {
    const account = createStripeAccount('joined', now())
    const story = createSubscriptionStory(account, {
      price: 'price_pro_monthly',
      trial: false,
      payAtOnce: true,
    })
    account.advance(10)
    story.actions.refundLast('part')
    account.advance(10)
    story.actions.renew()
    story.actions.dispute()
    const told = account.events.filter((e) => e.type !== 'invoice_payment.paid')
    const joining = told.findLast((e) => e.type === 'charge.succeeded')
    // The dispute stands alone until its charge tells whose it is; the buyer's ledger has a question of its own.
    await licensing.publish(told.filter((e) => e !== joining))
    const requests = licensing.store.db.collection('snapshot_requests')
    const mine = { subject: { $regex: '^pi_joined' } }
    await until('both ledgers have a question', async () => (await requests.countDocuments(mine)) === 2)
    expect(await requests.distinct('ledger', mine)).toHaveLength(2)
    await licensing.publish(joining === undefined ? [] : [joining])
    await until('they are one ledger', async () => (await requests.distinct('ledger', mine)).length === 1)
    expect(
      await licensing.store.db.collection('dead_letters').countDocuments({ key: 'platform:live:cus' }),
    ).toBe(0)
  })

  it('sends an unknown price to review and grants nothing', async () => {
    const account = createStripeAccount('odd', now())
    const story = createSubscriptionStory(account, {
      price: 'price_nobody_knows' as 'price_pro_monthly',
      trial: false,
      payAtOnce: true,
    })
    await licensing.publish(account.events)
    const reviews = licensing.store.db.collection('reviews')
    await until(
      'a review is open',
      async () => (await reviews.countDocuments({ subjects: story.id, state: 'open' })) === 1,
    )
    expect(await reviews.findOne({ subjects: story.id })).toMatchObject({
      reason: 'unknown_price',
      price: 'price_nobody_knows',
    })
    expect(eventsOf(story.id)).toEqual([])
  })

  it('dead-letters a poisoned record with its reason, and its neighbors go on (case 40)', async () => {
    const account = createStripeAccount('poison', now())
    const story = createSubscriptionStory(account, {
      price: 'price_pro_monthly',
      trial: false,
      payAtOnce: true,
    })
    await licensing.publishRaw('platform:live:cus', new Uint8Array([0xff, 0x00, 0x7b, 0xfe]))
    await licensing.publishRaw('platform:live:cus', '{"hello":"world"}')
    await licensing.publish(account.events)
    await until('the neighbor is issued', async () => eventsOf(story.id).length === 1)
    await until('both are dead letters', async () => licensing.deadLetters().length >= 2)
    const codes = licensing.deadLetters().map((r) => r.headers['dlq-code'])
    expect(codes).toEqual(expect.arrayContaining(['not_json', 'not_an_event']))
    const raw = licensing.deadLetters().find((r) => r.headers['dlq-code'] === 'not_json')
    const row = await licensing.store.db
      .collection<DeadLetterRow>('dead_letters')
      .findOne({ _id: raw?.headers['dlq-origin'] ?? '' })
    expect(Buffer.from(raw?.value ?? []).toString()).toBe(row?.sealed)
    expect(await openLetter(licensing.personal, row ?? { sealed: null })).toEqual({
      kind: 'opened',
      value: new Uint8Array([0xff, 0x00, 0x7b, 0xfe]),
    })
    expect(raw?.headers['dlq-origin']).toMatch(/stripe\.events\/\d+\/\d+$/)
  })
})
