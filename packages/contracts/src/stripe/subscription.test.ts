import { describe, expect, it } from '@jest/globals'
import { factOfEvent, problemOf } from '../../test/reading.ts'
import {
  DAY,
  eventOf,
  listOf,
  NOON,
  newSubscription,
  oldSubscription,
  SUBSCRIPTION,
  updateOf,
} from '../../test/stripe-payloads.ts'
import { RANK } from '../facts/facts.ts'

const stateOf = (object: unknown) =>
  factOfEvent('subscription', eventOf('customer.subscription.updated', object)).state

const item = (id: string, price: string, periodEnd?: number) => ({
  id,
  price: { id: price, lookup_key: `${price}_key`, product: 'prod_1' },
  quantity: 2,
  ...(periodEnd === undefined ? {} : { current_period_start: NOON, current_period_end: periodEnd }),
})

describe('subscription', () => {
  it('is read with its items, status and times', () => {
    expect(stateOf(newSubscription())).toEqual({
      id: 'sub_1',
      customer: 'cus_1',
      status: 'active',
      items: [
        {
          id: 'si_1',
          price: { id: 'price_pro_monthly', lookupKey: null, product: 'prod_of_price_pro_monthly' },
          quantity: 1,
          periodStart: NOON,
          periodEnd: NOON + 30 * DAY,
        },
      ],
      itemsComplete: true,
      cancelAt: null,
      canceledAt: null,
      endedAt: null,
      cancelReason: null,
      pauseCollection: null,
      pausedType: null,
      pendingUpdate: null,
      trialEnd: null,
      startedAt: NOON,
      collectionMethod: 'charge_automatically',
      latestInvoice: 'in_1',
      testClock: null,
    })
  })

  it('tells a change that waits for its payment', () => {
    const pending = {
      expires_at: 1_700_100_000,
      subscription_items: [{ id: 'si_1', price: { id: 'price_b', object: 'price' }, quantity: 2 }, 'odd'],
    }
    expect(stateOf({ ...newSubscription(), pending_update: pending })).toMatchObject({
      pendingUpdate: {
        expiresAt: 1_700_100_000,
        items: [{ id: 'si_1', price: { id: 'price_b' }, quantity: 2 }],
      },
    })
  })

  it('says the same whether the period stands on the subscription or on its items', () => {
    expect(stateOf(oldSubscription())).toEqual(stateOf(newSubscription()))
  })

  it("believes an item's own period before the subscription's, which is the shortest of all items", () => {
    const items = listOf([item('si_y', 'price_year', NOON + 365 * DAY), item('si_m', 'price_month')])
    expect(stateOf({ ...oldSubscription(), items }).items.map(({ periodEnd }) => periodEnd)).toEqual([
      NOON + 30 * DAY,
      NOON + 365 * DAY,
    ])
  })

  it('sorts items by id, whatever order Stripe sends', () => {
    const items = [item('si_b', 'price_2'), item('si_a', 'price_1')]
    const state = stateOf({ ...oldSubscription(), items: listOf(items) })
    expect(state.items.map(({ id, price }) => [id, price?.id])).toEqual([
      ['si_a', 'price_1'],
      ['si_b', 'price_2'],
    ])
  })

  it('says that items are incomplete where only the first page is embedded', () => {
    const items = listOf([item('si_a', 'price_1')], { has_more: true, total_count: 12 })
    expect(stateOf({ ...newSubscription(), items }).itemsComplete).toBe(false)
  })

  it('takes expanded references and the account that stands for a customer', () => {
    const state = stateOf({
      ...newSubscription(),
      customer: null,
      customer_account: 'acct_1',
      latest_invoice: { id: 'in_9' },
      test_clock: { id: 'clock_1' },
    })
    expect(state).toMatchObject({ customer: 'acct_1', latestInvoice: 'in_9', testClock: 'clock_1' })
    expect(stateOf({ ...newSubscription(), customer: { id: 'cus_2', deleted: true } }).customer).toBe('cus_2')
  })

  it('turns a status that it does not know into `unknown`', () => {
    expect(stateOf({ ...newSubscription(), status: 'hibernating' }).status).toBe('unknown')
    expect(stateOf({ ...newSubscription(), status: undefined }).status).toBe('unknown')
  })

  it('makes one timestamp of `cancel_at` and `cancel_at_period_end`', () => {
    const end = NOON + 30 * DAY
    expect(stateOf(newSubscription({ ...SUBSCRIPTION, cancelAtPeriodEnd: true })).cancelAt).toBe(end)
    expect(stateOf(oldSubscription({ ...SUBSCRIPTION, cancelAtPeriodEnd: true })).cancelAt).toBe(end)
    const both = { ...SUBSCRIPTION, cancelAtPeriodEnd: true, cancelAt: NOON + DAY }
    expect(stateOf(newSubscription(both)).cancelAt).toBe(NOON + DAY)
  })

  it('ends mixed intervals at the earliest item period, as Stripe does', () => {
    const items = listOf([
      item('si_y', 'price_year', NOON + 365 * DAY),
      item('si_m', 'price_month', NOON + 30 * DAY),
    ])
    const state = stateOf({ ...newSubscription(), cancel_at_period_end: true, items })
    expect(state.cancelAt).toBe(NOON + 30 * DAY)
    expect(state.items.map(({ periodEnd }) => periodEnd)).toEqual([NOON + 30 * DAY, NOON + 365 * DAY])
  })

  it('reads both kinds of pause, each on its own', () => {
    expect(stateOf(newSubscription({ ...SUBSCRIPTION, pause: 'void' })).pauseCollection).toEqual({
      behavior: 'void',
      resumesAt: null,
    })
    const paused = {
      ...newSubscription(),
      status: 'paused',
      status_details: {
        paused: {
          transitioned_at: NOON,
          type: 'subscription',
          subscription: { type: 'first_payment_failure' },
        },
      },
    }
    expect(stateOf(paused)).toMatchObject({
      status: 'paused',
      pausedType: 'first_payment_failure',
      pauseCollection: null,
    })
  })

  it('reads the end: when, and why', () => {
    const ended = {
      ...newSubscription(),
      status: 'canceled',
      canceled_at: NOON + 1,
      ended_at: NOON + 2,
      cancellation_details: { reason: 'payment_failed' },
    }
    const fact = factOfEvent('subscription', eventOf('customer.subscription.deleted', ended))
    expect(fact.observed.rank).toBe(RANK.deleted)
    expect(fact.state).toMatchObject({
      status: 'canceled',
      canceledAt: NOON + 1,
      endedAt: NOON + 2,
      cancelReason: 'payment_failed',
    })
  })

  it('reads plans from before prices, and the single plan from before items', () => {
    const { items: _, ...root } = oldSubscription()
    const plan = { id: 'gold', object: 'plan', product: 'prod_gold' }
    const gold = { id: 'gold', lookupKey: null, product: 'prod_gold' }
    const withItems = stateOf({ ...root, items: listOf([{ id: 'si_1', plan, quantity: 5 }]) })
    expect(withItems.items).toMatchObject([{ id: 'si_1', price: gold, quantity: 5 }])
    const single = stateOf({
      ...root,
      plan,
      quantity: 3,
      billing: 'send_invoice',
      collection_method: undefined,
    })
    expect(single).toMatchObject({
      items: [{ id: 'sub_1', price: gold, quantity: 3, periodEnd: NOON + 30 * DAY }],
      itemsComplete: true,
      collectionMethod: 'send_invoice',
    })
  })

  it('leaves the quantity of a metered item open', () => {
    const items = [{ id: 'si_1', price: 'price_metered', quantity: null }]
    const state = stateOf(newSubscription({ ...SUBSCRIPTION, items }))
    expect(state.items[0]?.quantity).toBeNull()
  })

  it('is refused where an item cannot be told apart: dropping it would take a license away', () => {
    const broken = [null, [], { price: 'price_1' }, { id: 7 }]
    for (const entry of broken)
      expect(
        problemOf(eventOf('customer.subscription.updated', { ...newSubscription(), items: listOf([entry]) })),
      ).toBe('malformed_object')
    expect(problemOf(eventOf('customer.subscription.updated', { ...newSubscription(), items: 'many' }))).toBe(
      'malformed_object',
    )
  })

  it('says what it was before: price, quantity and period of the old items', () => {
    const before = newSubscription({
      ...SUBSCRIPTION,
      items: [{ id: 'si_1', price: 'price_starter_monthly', quantity: 4 }],
      periodEnd: NOON,
    })
    const previous = { items: { data: (before.items as { data: unknown }).data } }
    const fact = factOfEvent(
      'subscription',
      updateOf('customer.subscription.updated', newSubscription(), previous),
    )
    expect(fact.before).toEqual(stateOf(before))
    expect(fact.state).toEqual(stateOf(newSubscription()))
  })

  it('says nothing of before where Stripe does not', () => {
    for (const previous of [null, undefined, [], 'x'])
      expect(
        factOfEvent('subscription', updateOf('customer.subscription.updated', newSubscription(), previous)),
      ).not.toHaveProperty('before')
  })
})
