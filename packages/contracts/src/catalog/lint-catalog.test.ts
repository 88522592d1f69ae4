import { describe, expect, it } from '@jest/globals'
import { lintCatalog } from './lint-catalog.ts'

const GOOD = {
  tiers: { free: { max_domains: 1 }, pro: { max_domains: 10, features: ['updates'] } },
  prices: { price_pro: { tier: 'pro', product: 'app' } },
}

const told = (value: unknown): readonly string[] =>
  lintCatalog(value).problems.map(
    ({ path, message, severity }) => `${severity} ${path.join('.')}: ${message}`,
  )

describe('lintCatalog', () => {
  it('finds nothing wrong with a good catalog', () => {
    expect(lintCatalog(GOOD)).toEqual({ ok: true, content: GOOD, problems: [] })
  })

  it('names every problem of the shape at once, each where it is', () => {
    expect(
      told({
        tiers: { pro: { max_domains: -1 }, team: { max_domains: 5, colour: 'red' } },
        prices: { price_a: { product: 'app' }, price_b: { tier: 'pro', product: 'app', validity: 'ever' } },
        price: {},
      }),
    ).toEqual([
      'error : has price, which is not a known key',
      'error tiers.pro.max_domains: must be >= 0',
      'error tiers.team: has colour, which is not a known key',
      'error prices.price_a: lacks tier',
      'error prices.price_b.validity: is not what it should be',
    ])
  })

  it('names all wrong references at once, with what was most likely meant', () => {
    expect(
      told({
        ...GOOD,
        products: { app: {} },
        prices: {
          ...GOOD.prices,
          price_x: { tier: 'por', product: 'app' },
          price_y: { tier: 'pro', product: 'apq' },
        },
      }),
    ).toEqual([
      "error prices.price_x.tier: 'por' is not one of the tiers: did you mean 'pro'?",
      "error prices.price_y.product: 'apq' is not one of the products: did you mean 'app'?",
    ])
  })

  it('refuses a price with two meanings', () => {
    expect(told({ ...GOOD, ignored_prices: ['price_pro'] })).toEqual([
      "error ignored_prices.0: 'price_pro' is also in prices: it cannot be sold and ignored",
    ])
    expect(
      told({
        ...GOOD,
        prices: {
          ...GOOD.prices,
          p: { tier: 'pro', product: 'app', validity: 'perpetual', validity_days: 9 },
        },
      }),
    ).toEqual(['error prices.p.validity_days: says the same as validity: keep one of the two'])
    expect(told({ ...GOOD, stripe_products: { price_1: { tier: 'pro', product: 'app' } } })).toEqual([
      'error stripe_products.price_1: is a Stripe price: it belongs under prices',
    ])
  })

  it('refuses a day that no calendar has', () => {
    expect(
      told({
        ...GOOD,
        prices: { price_pro: { tier: 'pro', product: 'a', validity: { until: '2027-02-30' } } },
      }),
    ).toEqual(['error prices.price_pro.validity.until: 2027-02-30 is not a day of the calendar'])
  })

  it('warns of what is most likely a slip, and takes the catalog', () => {
    const linted = lintCatalog({
      ...GOOD,
      tiers: {
        ...GOOD.tiers,
        pro: { max_domains: 10, features: ['priority-support'] },
        team: { max_domains: 20, features: ['priority_support'] },
      },
    })
    expect(linted.ok).toBe(true)
    expect(linted.problems.map((p) => p.message)).toEqual([
      'no price sells this tier',
      "'priority_support' is 'priority-support' in another tier",
    ])
  })

  it('survives whatever it is given', () => {
    for (const value of [null, undefined, 3, 'x', [], { tiers: null }, { tiers: {}, prices: [] }])
      expect(lintCatalog(value).ok).toBe(false)
  })
})
