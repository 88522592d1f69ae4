import type { PriceRef } from '@keyflow/contracts'

/** What a tier grants. */
export interface Tier {
  readonly name: string
  readonly maxDomains: number
  readonly features: readonly string[]
}

export interface PriceEntry {
  readonly tier: string
  readonly productId: string
  /** Days a one-time purchase is valid for; null = for ever. Subscriptions ignore it. */
  readonly validityDays: number | null
}

/** Stripe price -> what is sold. The only place that gives a price a meaning. */
export interface Catalog {
  readonly version: string
  readonly tiers: Readonly<Record<string, Tier>>
  readonly prices: Readonly<Record<string, PriceEntry>>
  /** Prices that are sold beside licenses and grant none (set-up fees, support). */
  readonly ignoredPrices: readonly string[]
  /** Development only: what an unknown price grants in test mode. Never applies in live mode. */
  readonly testModeFallback: PriceEntry | null
}

export interface Terms {
  readonly productId: string
  readonly tier: string
  readonly maxDomains: number
  readonly features: readonly string[]
  readonly validityDays: number | null
}

export type PriceMeaning =
  | { readonly kind: 'terms'; readonly terms: Terms }
  | { readonly kind: 'ignored' }
  /** Never a default: a person must decide. */
  | { readonly kind: 'unknown' }

/** What a price means in a scope. Looked up by price id, then by lookup key. */
export const meaningOf = (
  catalog: Catalog,
  price: Pick<PriceRef, 'id' | 'lookupKey'> | null,
  livemode: boolean,
): PriceMeaning => {
  if (price !== null && catalog.ignoredPrices.includes(price.id)) return { kind: 'ignored' }
  const entry =
    (price === null ? undefined : own(catalog.prices, price.id)) ??
    (price?.lookupKey == null ? undefined : own(catalog.prices, price.lookupKey)) ??
    (livemode ? undefined : (catalog.testModeFallback ?? undefined))
  const tier = entry === undefined ? undefined : own(catalog.tiers, entry.tier)
  if (entry === undefined || tier === undefined) return { kind: 'unknown' }
  return {
    kind: 'terms',
    terms: {
      productId: entry.productId,
      tier: tier.name,
      maxDomains: tier.maxDomains,
      features: tier.features,
      validityDays: entry.validityDays,
    },
  }
}

const own = <V>(record: Readonly<Record<string, V>>, key: string): V | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined
