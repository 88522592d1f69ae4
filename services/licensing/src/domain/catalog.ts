import type { CatalogContent, CatalogPrice, CatalogTier, CatalogValidity, PriceRef } from '@keyflow/contracts'

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

/** How long a one-time purchase is good for; subscriptions are good for what is paid. `until`: unix seconds. */
export type Validity =
  | { readonly kind: 'perpetual' }
  | { readonly kind: 'days'; readonly days: number }
  | { readonly kind: 'until'; readonly until: number }

export interface PriceEntry {
  readonly tier: string
  readonly productId: string
  readonly validity: Validity
  /** Where the price grants something else than its tier; null = as the tier. */
  readonly maxDomains: number | null
  readonly features: readonly string[] | null
  /** Days after a one-time purchase within which new releases are covered; absent = all of them. */
  readonly maintenanceDays?: number
}

/** Stripe price -> what is sold. The only place that gives a price a meaning. */
export interface Catalog {
  readonly tiers: Readonly<Record<string, Tier>>
  /** By Stripe price id or lookup key. */
  readonly prices: Readonly<Record<string, PriceEntry>>
  /** By Stripe product id: prices of it that are not listed themselves. */
  readonly stripeProducts: Readonly<Record<string, PriceEntry>>
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
  readonly validity: Validity
  readonly maintenanceDays?: number
  readonly maxMachines?: number
  /** Absent = DEFAULT_VALIDATION. */
  readonly validation?: ValidationRules
}

/** The catalog as it is written -> as it is asked. The content has passed lintCatalog. */
export const readCatalog = (content: CatalogContent): Catalog => {
  const entry = (price: CatalogPrice): PriceEntry => ({
    tier: price.tier,
    productId: price.product,
    validity:
      price.validity_days == null
        ? readValidity(price.validity ?? own(content.products ?? {}, price.product)?.validity)
        : { kind: 'days', days: price.validity_days },
    maxDomains: price.max_domains ?? null,
    features: price.features ?? null,
    ...(price.maintenance_days == null ? {} : { maintenanceDays: price.maintenance_days }),
  })
  return {
    tiers: mapValues(content.tiers, readTier),
    prices: mapValues(content.prices, entry),
    stripeProducts: mapValues(content.stripe_products ?? {}, entry),
    ignoredPrices: content.ignored_prices ?? [],
    testModeFallback: content.test_mode_fallback == null ? null : entry(content.test_mode_fallback),
  }
}

const readTier = (tier: CatalogTier, name: string): Tier => {
  const validation = readValidation(tier)
  return {
    name,
    maxDomains: tier.max_domains,
    features: tier.features ?? [],
    ...(tier.max_machines == null ? {} : { maxMachines: tier.max_machines }),
    ...(validation === null ? {} : { validation }),
  }
}

/** How licenses of a tier are validated; null when it says nothing of that. */
const readValidation = (tier: CatalogTier): ValidationRules | null => {
  const {
    require: binding,
    lease_hours: hours,
    validations_per_month: perMonth,
    overage,
    heartbeat_minutes: minutes,
  } = tier
  if ([binding, hours, perMonth, overage, minutes].every((said) => said == null)) return null
  return {
    binding: binding ?? DEFAULT_VALIDATION.binding,
    leaseSeconds: hours == null ? null : hours * 3600,
    validationsPerMonth: perMonth ?? null,
    mayExceed: overage === 'allow',
    heartbeatSeconds: minutes == null ? null : minutes * 60,
  }
}

const DAY = 86_400

const readValidity = (validity: CatalogValidity | undefined): Validity => {
  if (validity === undefined || validity === 'perpetual') return { kind: 'perpetual' }
  if ('days' in validity) return { kind: 'days', days: validity.days }
  // The day itself is still good.
  return { kind: 'until', until: Date.parse(`${validity.until}T00:00:00Z`) / 1000 + DAY - 1 }
}

export type PriceMeaning =
  | { readonly kind: 'sold'; readonly entry: PriceEntry }
  | { readonly kind: 'ignored' }
  /** Never a default: a person must decide. */
  | { readonly kind: 'unknown' }

/** What a price means: by its id, else its lookup key, else its Stripe product, else (test mode) the fallback. */
export const meaningOf = (catalog: Catalog, price: PriceRef | null, livemode: boolean): PriceMeaning => {
  if (price !== null && catalog.ignoredPrices.includes(price.id)) return { kind: 'ignored' }
  const entry =
    (price === null ? undefined : own(catalog.prices, price.id)) ??
    (price?.lookupKey == null ? undefined : own(catalog.prices, price.lookupKey)) ??
    (price?.product == null ? undefined : own(catalog.stripeProducts, price.product)) ??
    (livemode ? undefined : (catalog.testModeFallback ?? undefined))
  return entry === undefined ? { kind: 'unknown' } : { kind: 'sold', entry }
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

export const termsOf = (entry: PriceEntry, tier: Tier): Terms => {
  const granted = grantsOf(tier)
  return {
    productId: entry.productId,
    validity: entry.validity,
    ...(entry.maintenanceDays === undefined ? {} : { maintenanceDays: entry.maintenanceDays }),
    ...granted,
    maxDomains: entry.maxDomains ?? granted.maxDomains,
    features: entry.features ?? granted.features,
  }
}

export const tierOf = (catalog: Catalog, name: string): Tier | undefined => own(catalog.tiers, name)

const own = <V>(record: Readonly<Record<string, V>>, key: string): V | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined

const mapValues = <A, B>(
  record: Readonly<Record<string, A>>,
  to: (value: A, key: string) => B,
): Readonly<Record<string, B>> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, to(value, key)]))
