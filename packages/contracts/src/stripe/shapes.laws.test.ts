import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { factOfEvent } from '../../test/reading.ts'
import {
  eventOf,
  type InvoiceModel,
  NOON,
  newInvoice,
  newSubscription,
  oldInvoice,
  oldSubscription,
  type Payload,
  type SubscriptionModel,
  updateOf,
} from '../../test/stripe-payloads.ts'

const instant = fc.integer({ min: NOON, max: NOON + 400 * 86_400 })
const price = fc.constantFrom('price_starter_monthly', 'price_pro_monthly', 'price_business_annual')
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })

const subscription: fc.Arbitrary<SubscriptionModel> = fc.record({
  id: fc.constant('sub_1'),
  customer: fc.constantFrom('cus_1', 'cus_2'),
  status: fc.constantFrom('active', 'trialing', 'past_due', 'unpaid', 'canceled', 'something_new'),
  items: fc.uniqueArray(
    fc.record({ id: fc.constantFrom('si_1', 'si_2', 'si_3'), price, quantity: orNull(fc.nat(50)) }),
    { selector: ({ id }) => id, maxLength: 3 },
  ),
  periodStart: instant,
  periodEnd: instant,
  cancelAtPeriodEnd: fc.boolean(),
  cancelAt: orNull(instant),
  trialEnd: orNull(instant),
  pause: orNull(fc.constantFrom('void', 'keep_as_draft')),
})

const invoice: fc.Arbitrary<InvoiceModel> = fc.record({
  id: fc.constant('in_1'),
  customer: fc.constant('cus_1'),
  subscription: orNull(fc.constantFrom('sub_1', 'sub_2')),
  paid: fc.boolean(),
  amount: fc.nat(100_000),
  attempts: fc.nat(9),
  lines: fc.array(
    fc.record({
      id: fc.constantFrom('il_1', 'il_2'),
      item: fc.constantFrom('si_1', 'si_2'),
      price,
      start: instant,
      end: instant,
      amount: fc.integer({ min: -9_000, max: 9_000 }),
      proration: fc.boolean(),
    }),
    { maxLength: 4 },
  ),
})

const subscriptionFact = (object: Payload) =>
  factOfEvent('subscription', eventOf('customer.subscription.updated', object))
const invoiceFact = (object: Payload) => factOfEvent('invoice', eventOf('invoice.updated', object))

const isObject = (value: unknown): value is Payload =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What Stripe sends as `previous_attributes`: only what differs, nested objects partially, arrays whole. */
const previousAttributes = (before: Payload, after: Payload): Payload => {
  const previous: Payload = {}
  for (const [key, was] of Object.entries(before)) {
    const is = after[key]
    if (JSON.stringify(was) === JSON.stringify(is)) continue
    previous[key] = isObject(was) && isObject(is) ? previousAttributes(was, is) : was
  }
  return previous
}

describe('the shapes before and since basil', () => {
  it('give the same subscription', () => {
    fc.assert(
      fc.property(subscription, (model) => {
        const [before, since] = [oldSubscription(model), newSubscription(model)]
        // Without items nothing in the new shape knows the period, so nothing can be compared.
        fc.pre(model.items.length > 0)
        expect(subscriptionFact(since)).toEqual(subscriptionFact(before))
        expect(subscriptionFact({ ...before, ...since })).toEqual(subscriptionFact(before))
      }),
      { numRuns: 1_000 },
    )
  })

  it('give the same invoice', () => {
    fc.assert(
      fc.property(invoice, (model) => {
        const [before, since] = [oldInvoice(model), newInvoice(model)]
        expect(invoiceFact(since)).toEqual(invoiceFact(before))
        expect(invoiceFact({ ...before, ...since })).toEqual(invoiceFact(before))
      }),
      { numRuns: 1_000 },
    )
  })

  it('say before what the update before said after: the chain that breaks ties within a second', () => {
    for (const render of [oldSubscription, newSubscription])
      fc.assert(
        fc.property(subscription, subscription, (first, second) => {
          const [before, after] = [render(first), render(second)]
          const update = updateOf('customer.subscription.updated', after, previousAttributes(before, after))
          const { state, before: was } = factOfEvent('subscription', update)
          expect(was).toEqual(subscriptionFact(before).state)
          expect(state).toEqual(subscriptionFact(after).state)
        }),
        { numRuns: 500 },
      )
    for (const render of [oldInvoice, newInvoice])
      fc.assert(
        fc.property(invoice, invoice, (first, second) => {
          const [before, after] = [render(first), render(second)]
          const update = updateOf('invoice.updated', after, previousAttributes(before, after))
          expect(factOfEvent('invoice', update).before).toEqual(invoiceFact(before).state)
        }),
        { numRuns: 500 },
      )
  })

  it('do not depend on the order of items', () => {
    fc.assert(
      fc.property(subscription, (model) => {
        const reversed = { ...model, items: [...model.items].reverse() }
        expect(subscriptionFact(newSubscription(reversed))).toEqual(subscriptionFact(newSubscription(model)))
      }),
    )
  })
})
