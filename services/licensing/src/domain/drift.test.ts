import { describe, expect, it } from '@jest/globals'
import type { Derived, DerivedLicense } from './derived-license.ts'
import { driftBetween } from './drift.ts'

const NOW = 1_790_000_000
const LICENSE: DerivedLicense = {
  id: 'l1',
  origin: { kind: 'subscription_item', subscription: 'sub_1', item: 'si_1' },
  customer: 'cus_1',
  contactRefs: [],
  granted: true,
  billing: 'active',
  reason: null,
  validThrough: NOW + 1000,
  trialEndsAt: null,
  cancelAt: null,
  startedAt: NOW - 1000,
  endedAt: null,
  upcoming: null,
  pin: { price: 1, tier: 1 },
  price: 'price_pro',
  terms: { productId: 'app', tier: 'pro', maxDomains: 10, features: [], validity: { kind: 'perpetual' } },
  quantity: 1,
  flags: [],
  axes: { billing: 'active', billingReason: null, overlay: 'none', override: 'none' },
}
const derived = (...licenses: readonly Partial<DerivedLicense>[]): Derived => ({
  licenses: licenses.map((license) => ({ ...LICENSE, ...license })),
  aliases: {},
  reviews: [],
  needs: [],
  ties: [],
})
const drift = (before: readonly Derived[], after: Derived) =>
  driftBetween(before, after, NOW).map(({ class: kind, direction }) => `${kind} ${direction}`)

describe('drift between the log and Stripe', () => {
  it('is none where Stripe says what the log says', () => {
    expect(drift([derived({})], derived({}))).toEqual([])
  })

  it('is a paying customer without a license', () => {
    expect(drift([], derived({}))).toEqual(['missing_license under_granted'])
  })

  it('is over-granted when a subscription that ended still has its license', () => {
    const ended = derived({ billing: 'ended', reason: 'canceled', validThrough: NOW - 1 })
    expect(drift([derived({})], ended)).toEqual(['status over_granted'])
    expect(drift([ended], derived({}))).toEqual(['status under_granted'])
  })

  it('is under-granted when a larger plan was bought, over-granted when a smaller one', () => {
    const business = derived({ terms: { ...LICENSE.terms, tier: 'business', maxDomains: 25 } })
    expect(drift([derived({})], business)).toEqual(['terms under_granted'])
    expect(drift([business], derived({}))).toEqual(['terms over_granted'])
  })

  it('is a renewal that nobody told of', () => {
    expect(drift([derived({})], derived({ validThrough: NOW + 9000 }))).toEqual(['term_end under_granted'])
    expect(drift([derived({})], derived({ cancelAt: NOW + 10 }))).toEqual(['term_end over_granted'])
  })

  it('is not the second at which something ended that both call ended', () => {
    const at = (validThrough: number) => derived({ billing: 'ended', reason: 'never_paid', validThrough })
    expect(drift([at(NOW - 5)], at(NOW - 1))).toEqual([])
  })

  it('is a purchase that must wait for a person', () => {
    const review = {
      id: 'si_1:unknown_price',
      reason: 'unknown_price',
      customer: null,
      subjects: [],
      price: 'price_x',
      atRisk: {},
    } as const
    expect(drift([], { ...derived(), reviews: [review] })).toEqual(['open_question neutral'])
    expect(drift([{ ...derived(), reviews: [review] }], { ...derived(), reviews: [review] })).toEqual([])
  })
})
