import type { PriceRef } from '@keyflow/contracts'

/** How licenses of a tier are validated. */
export interface ValidationRules {
  /** What whoever validates must name, and have activated. */
  readonly binding: 'none' | 'domain' | 'fingerprint'
  /** Longest life of a lease: what an offline client may overrun. null = the service's default. */
  readonly leaseSeconds: number | null
  /** Validations of one license in a calendar month (UTC); null = any number. */
  readonly validationsPerMonth: number | null
  /** Activations beyond a limit are warned about, not refused. */
  readonly mayExceed: boolean
  /** Longest silence of an activation; null = no signs of life are asked for. */
  readonly heartbeatSeconds: number | null
}

export const DEFAULT_VALIDATION: ValidationRules = {
  binding: 'none',
  leaseSeconds: null,
  validationsPerMonth: null,
  mayExceed: false,
  heartbeatSeconds: null,
}

/** What a tier grants. */
export interface Tier {
  readonly name: string
  readonly maxDomains: number
  readonly features: readonly string[]
  /** Absent = as many as domains. */
  readonly maxMachines?: number
  /** Absent = DEFAULT_VALIDATION. */
  readonly validation?: ValidationRules
}

export interface PriceEntry {
  readonly tier: string
  readonly productId: string
  /** Days a one-time purchase is valid for; null = for ever. Subscriptions ignore it. */
  readonly validityDays: number | null
  /** Days after a one-time purchase within which new releases are covered; absent = all of them. */
  readonly maintenanceDays?: number
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
  readonly maintenanceDays?: number
  readonly maxMachines?: number
  /** Absent = DEFAULT_VALIDATION. */
  readonly validation?: ValidationRules
}

/** What a tier grants, as terms of a license. */
export const grantsOf = (
  tier: Tier,
): Pick<Terms, 'tier' | 'maxDomains' | 'features' | 'maxMachines' | 'validation'> => ({
  tier: tier.name,
  maxDomains: tier.maxDomains,
  features: tier.features,
  ...(tier.maxMachines === undefined ? {} : { maxMachines: tier.maxMachines }),
  ...(tier.validation === undefined ? {} : { validation: tier.validation }),
})

/** The same product and validity on another tier. */
export const onTier = ({ validation: _v, maxMachines: _m, ...kept }: Terms, tier: Tier): Terms => ({
  ...kept,
  ...grantsOf(tier),
})

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
      validityDays: entry.validityDays,
      ...(entry.maintenanceDays === undefined ? {} : { maintenanceDays: entry.maintenanceDays }),
      ...grantsOf(tier),
    },
  }
}

const own = <V>(record: Readonly<Record<string, V>>, key: string): V | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined
