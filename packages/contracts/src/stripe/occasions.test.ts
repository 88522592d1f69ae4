import { describe, expect, it } from '@jest/globals'
import { HANDLED_EVENT_TYPES } from './event-types.ts'
import { ENDPOINT_EVENT_TYPES, OCCASION_EVENT_TYPES, readOccasion } from './occasions.ts'

const read = (type: string, object: object, of: object = {}) =>
  readOccasion(
    JSON.stringify({ id: 'evt_1', object: 'event', type, livemode: true, data: { object }, ...of }),
  )

const SCOPE = { account: 'platform', livemode: true }
const YEAR = 365 * 86_400

const upcoming = (of: object = {}) => ({
  object: 'invoice',
  customer: 'cus_1',
  parent: { subscription_details: { subscription: 'sub_1' } },
  currency: 'eur',
  amount_due: 49_000,
  next_payment_attempt: 1_800_000_000,
  lines: { data: [{ period: { start: 1_800_000_000, end: 1_800_000_000 + YEAR } }] },
  ...of,
})

describe('the end of a trial', () => {
  const subscription = {
    id: 'sub_1',
    customer: 'cus_1',
    trial_end: 1_800_000_000,
    items: { data: [{ quantity: 2, price: { unit_amount: 4900, currency: 'eur' } }] },
  }

  it('is announced with the price that follows', () => {
    expect(read('customer.subscription.trial_will_end', subscription)).toEqual({
      scope: SCOPE,
      kind: 'trial_ending',
      customer: 'cus_1',
      subscription: 'sub_1',
      endsAt: 1_800_000_000,
      price: { currency: 'eur', amount: 9800 },
    })
  })

  it.each([
    ['a metered price', [{ price: { unit_amount: null, currency: 'eur' } }]],
    [
      'two currencies',
      [{ price: { unit_amount: 1, currency: 'eur' } }, { price: { unit_amount: 1, currency: 'usd' } }],
    ],
    ['no items', []],
  ])('names no price where there is %s', (_what, data) => {
    const occasion = read('customer.subscription.trial_will_end', { ...subscription, items: { data } })
    expect(occasion).toMatchObject({ kind: 'trial_ending', price: null })
  })
})

describe('a renewal', () => {
  it('is announced for plans of a year, in both shapes of the invoice', () => {
    const expected = {
      scope: SCOPE,
      kind: 'renewal_upcoming',
      customer: 'cus_1',
      subscription: 'sub_1',
      renewsAt: 1_800_000_000,
      price: { currency: 'eur', amount: 49_000 },
    }
    expect(read('invoice.upcoming', upcoming())).toEqual(expected)
    expect(read('invoice.upcoming', upcoming({ parent: undefined, subscription: 'sub_1' }))).toEqual(expected)
  })

  it.each([
    ['a month', { lines: { data: [{ period: { start: 0, end: 30 * 86_400 } }] } }],
    ['nothing to pay', { amount_due: 0 }],
    ['no subscription', { parent: null }],
  ])('is not announced for %s', (_what, of) => {
    expect(read('invoice.upcoming', upcoming(of))).toBeNull()
  })
})

describe('a card that expires', () => {
  it('is announced with its last digits', () => {
    const card = {
      id: 'card_1',
      object: 'card',
      customer: 'cus_1',
      last4: '4242',
      exp_year: 2026,
      exp_month: 12,
    }
    expect(read('customer.source.expiring', card)).toMatchObject({ last4: '4242', year: 2026, month: 12 })
    for (const odd of [{ last4: '<b>' }, { exp_month: 13 }, { customer: null }])
      expect(read('customer.source.expiring', { ...card, ...odd })).toBeNull()
  })
})

describe('every other event', () => {
  it('gives no occasion, and no error', () => {
    for (const body of ['', 'null', '[]', '{"type":"constructor"}', '{"type":"invoice.upcoming"}'])
      expect(readOccasion(body)).toBeNull()
    expect(read('invoice.upcoming', upcoming(), { livemode: undefined })).toBeNull()
    expect(read('invoice.paid', upcoming())).toBeNull()
  })

  it('that an endpoint has to send is listed once, occasions among them', () => {
    expect(ENDPOINT_EVENT_TYPES).toEqual([...HANDLED_EVENT_TYPES, ...OCCASION_EVENT_TYPES].sort())
    expect(new Set(ENDPOINT_EVENT_TYPES).size).toBe(ENDPOINT_EVENT_TYPES.length)
  })
})
