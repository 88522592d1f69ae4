import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from '@jest/globals'
import { readStripeEventObject } from '@keyflow/contracts'
import type Stripe from 'stripe'
import type { JsonObject } from '../src/json.ts'
import { startReceiver } from './receiver.ts'
import { startSandbox, stopAll, subscribe } from './sandbox-under-test.ts'

afterEach(stopAll)

const OLD = '2024-06-20'

/** The same history as two endpoints get it: events by id, in each shape. */
const bothShapes = async () => {
  const parts = await startSandbox()
  const { stripe, play } = parts
  const [newer, older] = [await startReceiver(), await startReceiver()]
  await stripe.webhookEndpoints.create({ url: newer.url, enabled_events: ['*'] })
  await stripe.webhookEndpoints.create({ url: older.url, enabled_events: ['*'], api_version: OLD })
  const { customer, subscription } = await subscribe(stripe)
  await play(`subscriptions/${subscription.id}/renew`)
  await play(`subscriptions/${subscription.id}/renew`, { outcome: 'fail' })
  const [item] = subscription.items.data
  await stripe.subscriptions.update(subscription.id, {
    items: [{ id: String(item?.id), price: 'price_business_monthly' }],
    proration_behavior: 'always_invoice',
  })
  const [charge] = (await stripe.charges.list({ customer: customer.id })).data
  await stripe.refunds.create({ charge: String(charge?.id), amount: 500 })
  await play(`charges/${charge?.id}/dispute`)
  await stripe.customers.update(customer.id, { email: 'ada@example.net' })
  const session = await stripe.checkout.sessions.create({
    mode: 'subscription',
    line_items: [{ price: 'price_starter_annual', quantity: 1 }],
  })
  await play(`checkout/sessions/${session.id}/complete`, { email: 'bob@example.com' })
  await stripe.subscriptions.cancel(subscription.id)
  const total = Number((await stripe.events.list({ limit: 100 })).data.length)
  await newer.until('all events', (received) => received.length >= total)
  await older.until('all events', (received) => received.length >= total)
  const byId = (bodies: readonly { readonly body: string }[]) =>
    new Map(bodies.map(({ body }) => JSON.parse(body) as Stripe.Event).map((event) => [event.id, event]))
  const shapes = { newer: byId(newer.received), older: byId(older.received) }
  await newer.close()
  await older.close()
  return shapes
}

const ofType = (events: Map<string, Stripe.Event>, type: string): JsonObject => {
  const found = [...events.values()].find((event) => event.type === type)
  if (found === undefined) throw new Error(`No ${type}`)
  return found.data.object as unknown as JsonObject
}

describe('an endpoint with an older API version', () => {
  it('gets the same events in the shape of its version', async () => {
    const { newer, older } = await bothShapes()
    expect([...older.keys()].sort()).toEqual([...newer.keys()].sort())
    expect(new Set([...older.values()].map(({ api_version }) => api_version))).toEqual(new Set([OLD]))

    const invoice = ofType(older, 'invoice.paid')
    expect(invoice).toMatchObject({
      charge: expect.stringMatching(/^ch_/),
      paid: true,
      payment_intent: expect.stringMatching(/^pi_/),
      subscription: expect.stringMatching(/^sub_/),
    })
    expect(invoice).not.toHaveProperty('parent')
    const [line] = (invoice.lines as { data: JsonObject[] }).data
    expect(line).toMatchObject({
      price: { id: 'price_pro_monthly', unit_amount: 2_900 },
      proration: false,
      subscription: invoice.subscription,
      type: 'subscription',
    })
    expect(ofType(newer, 'invoice.paid')).not.toHaveProperty('payment_intent')

    const subscription = ofType(older, 'customer.subscription.created')
    expect(subscription.current_period_end).toBeGreaterThan(Number(subscription.current_period_start))
    const [item] = (subscription.items as { data: JsonObject[] }).data
    expect(item).not.toHaveProperty('current_period_end')
    expect(ofType(newer, 'customer.subscription.created')).not.toHaveProperty('current_period_end')

    expect(ofType(older, 'charge.refunded')).toMatchObject({
      invoice: expect.stringMatching(/^in_/),
      refunds: { data: [{ amount: 500 }] },
    })
    expect(ofType(newer, 'charge.refunded')).not.toHaveProperty('invoice')
  })

  it('gets previous_attributes of its own shape', async () => {
    const { newer, older } = await bothShapes()
    const renewals = [...newer.values()].filter(
      (event) =>
        event.type === 'customer.subscription.updated' &&
        'latest_invoice' in (event.data.previous_attributes ?? {}),
    )
    const [renewal] = renewals
    const previousOld = older.get(String(renewal?.id))?.data.previous_attributes ?? {}
    expect(Object.keys(previousOld).sort()).toEqual([
      'current_period_end',
      'current_period_start',
      'latest_invoice',
    ])
    expect(Object.keys(renewal?.data.previous_attributes ?? {}).sort()).toEqual(['items', 'latest_invoice'])
  })

  it('says the same to the reader that every service uses, and now and then more', async () => {
    const { newer, older } = await bothShapes()
    for (const [id, event] of newer) {
      const known = factsIn(event)
      expect(factsIn(older.get(id))).toEqual(expect.arrayContaining(known))
    }
    expect([...newer.values()].flatMap(factsIn).length).toBeGreaterThan(20)
  })
})

/** Facts as text. Old payloads embed prices and name more links, so both are left out of the comparison. */
const factsIn = (event: Stripe.Event | undefined): string[] => {
  const read = readStripeEventObject(event)
  if (!read.ok) throw new Error(`${event?.type}: ${read.problem.detail}`)
  return read.facts
    .filter(({ kind }) => kind !== 'payment_link')
    .map((fact) => JSON.stringify(fact, (key, value) => (key === 'lookupKey' ? undefined : value)))
}

const FOLDER = join(import.meta.dirname, '../../../../shared/stripe-events')

interface Recorded {
  readonly file: string
  readonly newShape: boolean
  readonly object: JsonObject
}

/** Payloads of real accounts that are recent enough to compare with, and neither zeroed nor cut by their source. */
const recorded = (): readonly Recorded[] =>
  (JSON.parse(readFileSync(join(FOLDER, 'index.json'), 'utf8')) as { file: string }[])
    .map(({ file }) => file)
    .filter(
      (file) => /20(20|25|26)-\d\d-\d\d/.test(file) && !file.includes('openapi') && !file.includes('acacia'),
    )
    .map((file) => {
      const json = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as JsonObject
      const data = json.data as JsonObject | undefined
      return {
        file,
        newShape: /basil|clover|dahlia/.test(file),
        object: (data?.object ?? json) as JsonObject,
      }
    })

/** Members that Keyflow never reads and that the sandbox does without. */
const ABSENT = new Set([
  'balance_transaction',
  'branding_settings',
  'collected_information',
  'deleted',
  'destination',
  'dispute',
  'integration_identifier',
  'invoice_credit_balance',
  'order',
  'origin_context',
  'permissions',
  'radar_options',
  'refunds',
  'shipping',
  'shipping_rate',
  'source',
  'sources',
  'subscriptions',
  'tax',
  'tax_ids',
  'tax_percent',
  'wallet_options',
])

describe('every object', () => {
  it('has the members that recorded payloads of its shape have', async () => {
    if (!existsSync(FOLDER)) {
      process.stdout.write('Recorded Stripe payloads are not here: nothing to compare with.\n')
      return
    }
    const { newer, older } = await bothShapes()
    const ours = { newer: byKind(newer), older: byKind(older) }
    const missing = recorded().flatMap(({ file, newShape, object }) => {
      const own = ours[newShape ? 'newer' : 'older'].get(String(object.object))
      if (own === undefined) return [`${file}: no ${object.object}`]
      return Object.keys(object)
        .filter((key) => !(key in own) && !ABSENT.has(key))
        .map((key) => `${file}: ${key}`)
    })
    expect(missing).toEqual([])
  })
})

const byKind = (events: Map<string, Stripe.Event>): Map<string, JsonObject> =>
  new Map(
    [...events.values()].map(({ data }) => {
      const object = data.object as unknown as JsonObject
      return [String(object.object), object]
    }),
  )
