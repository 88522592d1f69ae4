import { describe, expect, it } from '@jest/globals'
import type { CatalogContent, CatalogRecord } from '@keyflow/contracts'
import { type CatalogHistory, followedBy, headOf, resolvePrice, startHistory } from './catalog-history.ts'

const catalog = (
  prices: Readonly<Record<string, string>>,
  limits = { starter: 3, pro: 10 },
): CatalogContent => ({
  tiers: Object.fromEntries(Object.entries(limits).map(([tier, max_domains]) => [tier, { max_domains }])),
  prices: Object.fromEntries(Object.entries(prices).map(([id, tier]) => [id, { tier, product: 'app' }])),
})

const record = (
  version: number,
  at: number,
  content: CatalogContent,
  existing: CatalogRecord['existing'] = { prices: 'keep', tiers: 'follow' },
): CatalogRecord => ({
  schemaVersion: 1,
  id: `cat_${version}`,
  version,
  at: new Date(at * 1000).toISOString(),
  digest: '',
  content,
  existing,
  source: 'api',
  restores: null,
  actor: 'a',
  reason: 'r',
})

const then = (history: CatalogHistory, next: CatalogRecord): CatalogHistory => {
  const longer = followedBy(history, next)
  if (longer === undefined) throw new Error('does not follow')
  return longer
}

const price = (id: string) => ({ id, lookupKey: null, product: null })
const sold = (history: CatalogHistory, id: string, at: number) => {
  const found = resolvePrice(history, price(id), true, at)
  return found.kind === 'terms'
    ? `${found.terms.tier} ${found.terms.maxDomains} (${found.pin.price}, ${found.pin.tier})`
    : found.kind
}

describe('resolvePrice', () => {
  const v1 = startHistory(catalog({ price_a: 'starter' }))

  it('leaves a license what it was sold when its price moves to another tier (case 29)', () => {
    const history = then(v1, record(2, 100, catalog({ price_a: 'pro' })))
    expect(sold(history, 'price_a', 99)).toBe('starter 3 (1, 1)')
    expect(sold(history, 'price_a', 100)).toBe('pro 10 (2, 2)')
  })

  it('moves licenses that were sold before, where the new version says that they follow', () => {
    const history = then(
      v1,
      record(2, 100, catalog({ price_a: 'pro' }), { prices: 'follow', tiers: 'follow' }),
    )
    expect(sold(history, 'price_a', 99)).toBe('pro 10 (2, 2)')
    const kept = then(history, record(3, 200, catalog({ price_a: 'starter' })))
    expect(sold(kept, 'price_a', 99)).toBe('pro 10 (2, 2)')
  })

  it('gives a changed tier to everybody in it, or keeps what the tier granted, as the version says', () => {
    const raised = catalog({ price_a: 'starter' }, { starter: 5, pro: 10 })
    expect(sold(then(v1, record(2, 100, raised)), 'price_a', 1)).toBe('starter 5 (1, 2)')
    const keeping = then(v1, record(2, 100, raised, { prices: 'keep', tiers: 'keep' }))
    expect(sold(keeping, 'price_a', 1)).toBe('starter 3 (1, 1)')
    expect(sold(keeping, 'price_a', 101)).toBe('starter 5 (2, 2)')
  })

  it('does not move a license, nor its pin, to a version that says the same of it again', () => {
    const follow = { prices: 'follow', tiers: 'follow' } as const
    const other = then(v1, record(2, 100, catalog({ price_a: 'starter' }, { starter: 3, pro: 11 }), follow))
    expect(sold(other, 'price_a', 1)).toBe('starter 3 (1, 1)')
    const raised = catalog({ price_a: 'starter' }, { starter: 5, pro: 11 })
    const back = then(then(other, record(3, 200, raised)), record(4, 300, catalog({ price_a: 'starter' })))
    expect(sold(back, 'price_a', 1)).toBe('starter 3 (1, 4)')
  })

  it('takes nothing from who bought a price or a tier that a later version no longer has', () => {
    const gone = record(2, 100, catalog({ price_b: 'pro' }, { starter: 3, pro: 10 }), {
      prices: 'follow',
      tiers: 'follow',
    })
    expect(sold(then(v1, gone), 'price_a', 1)).toBe('starter 3 (1, 1)')
    expect(sold(then(v1, gone), 'price_a', 100)).toBe('unknown')
    const withoutTier = record(2, 100, catalog({ price_b: 'pro' }, { pro: 10 } as never), {
      prices: 'follow',
      tiers: 'follow',
    })
    expect(sold(then(v1, withoutTier), 'price_a', 1)).toBe('starter 3 (1, 1)')
  })

  it('pins who waited for an unknown price to the first version that knew it', () => {
    const known = then(v1, record(2, 100, catalog({ price_a: 'starter', price_new: 'starter' })))
    const moved = then(known, record(3, 200, catalog({ price_a: 'starter', price_new: 'pro' })))
    expect(sold(v1, 'price_new', 50)).toBe('unknown')
    expect(sold(known, 'price_new', 50)).toBe('starter 3 (2, 2)')
    expect(sold(moved, 'price_new', 50)).toBe('starter 3 (2, 2)')
  })

  it('reads what was sold before the first version by the first version', () => {
    const history = then(v1, record(2, 100, catalog({ price_a: 'pro' })))
    expect(sold(history, 'price_a', -1000)).toBe('starter 3 (1, 1)')
  })

  it('lets a price say more than its tier, and a Stripe product speak for all its prices', () => {
    const history = startHistory({
      ...catalog({}),
      prices: { price_big: { tier: 'pro', product: 'app', max_domains: 50 } },
      stripe_products: { prod_1: { tier: 'starter', product: 'app' } },
    })
    expect(sold(history, 'price_big', 0)).toBe('pro 50 (1, 1)')
    expect(
      resolvePrice(history, { id: 'price_x', lookupKey: null, product: 'prod_1' }, true, 0),
    ).toMatchObject({ terms: { tier: 'starter' } })
  })
})

describe('followedBy', () => {
  const v1 = startHistory(catalog({ price_a: 'starter' }))

  it('lets the first of two versions made from the same head win', () => {
    const history = then(v1, record(2, 100, catalog({ price_a: 'pro' })))
    expect(followedBy(history, record(2, 101, catalog({})))).toBeUndefined()
    expect(headOf(history).catalog.prices.price_a?.tier).toBe('pro')
  })

  it('does not follow over a gap', () => {
    expect(followedBy(v1, record(3, 100, catalog({})))).toBeUndefined()
  })

  it('keeps versions in their order when a clock went back', () => {
    const history = then(then(v1, record(2, 100, catalog({}))), record(3, 50, catalog({ price_z: 'pro' })))
    expect(history.map((version) => version.from)).toEqual([0, 100, 100])
    expect(sold(history, 'price_z', 100)).toBe('pro 10 (3, 3)')
  })
})
