import { type Static, Type } from 'typebox'

const Name = Type.String({ minLength: 1, maxLength: 100 })
const Features = Type.Array(Name, { maxItems: 200 })
const MaxDomains = Type.Integer({ minimum: 0, maximum: 1_000_000 })
const strict = { additionalProperties: false }

/** How long a one-time purchase is good for. A subscription is always good for what is paid. */
export const CatalogValidity = Type.Union([
  Type.Literal('perpetual'),
  Type.Object({ days: Type.Integer({ minimum: 1, maximum: 36_500 }) }, strict),
  /** A day; the license is good until it ends, UTC. */
  Type.Object({ until: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }) }, strict),
])
export type CatalogValidity = Static<typeof CatalogValidity>

/** A count that may be left out; null says so in words. */
const optionalCount = (minimum: number, maximum: number) =>
  Type.Optional(Type.Union([Type.Integer({ minimum, maximum }), Type.Null()]))

/** Retired signing keys and revocations are kept for as long as any lease may live. */
const MOST_LEASE_HOURS = 24 * 90
const MOST_HEARTBEAT_MINUTES = 60 * 24 * 31

export const CatalogTier = Type.Object(
  {
    max_domains: MaxDomains,
    /** Absent = as many as domains. */
    max_machines: optionalCount(0, 1_000_000),
    features: Type.Optional(Features),
    title: Type.Optional(Name),
    /** What whoever validates must name, and have activated. */
    require: Type.Optional(
      Type.Union([Type.Literal('none'), Type.Literal('domain'), Type.Literal('fingerprint')]),
    ),
    /** Longest life of a lease. */
    lease_hours: optionalCount(1, MOST_LEASE_HOURS),
    validations_per_month: optionalCount(1, 1_000_000_000),
    /** Whether activations beyond a limit are refused. */
    overage: Type.Optional(Type.Union([Type.Literal('deny'), Type.Literal('allow')])),
    /** Longest silence of an activation. */
    heartbeat_minutes: optionalCount(1, MOST_HEARTBEAT_MINUTES),
  },
  strict,
)
export type CatalogTier = Static<typeof CatalogTier>

/** What a price sells: a tier of a product, and what differs from the tier. */
export const CatalogPrice = Type.Object(
  {
    tier: Name,
    product: Name,
    validity: Type.Optional(CatalogValidity),
    /** Shorthand for `validity: { days }`. */
    validity_days: Type.Optional(Type.Union([Type.Integer({ minimum: 1, maximum: 36_500 }), Type.Null()])),
    /** Days after a one-time purchase within which new releases are covered. */
    maintenance_days: optionalCount(1, 36_500),
    max_domains: Type.Optional(MaxDomains),
    features: Type.Optional(Features),
  },
  strict,
)
export type CatalogPrice = Static<typeof CatalogPrice>

const KeepOrFollow = Type.Union([Type.Literal('keep'), Type.Literal('follow')])

/** What a change of the catalog does to licenses that were sold before it. */
export const ExistingLicenses = Type.Object(
  {
    /** A price means something else: `keep` what was sold (grandfathering), or `follow`. */
    prices: Type.Optional(KeepOrFollow),
    /** A tier grants something else: `keep` what it granted when it was sold, or `follow`. */
    tiers: Type.Optional(KeepOrFollow),
  },
  strict,
)
export type ExistingLicenses = Static<typeof ExistingLicenses>

/** The catalog as it is written down: the YAML file, the API's body and the record in the log are this one shape. */
export const CatalogContent = Type.Object(
  {
    tiers: Type.Record(Name, CatalogTier),
    /** Products and their own default validity. When given, prices may name no others. */
    products: Type.Optional(
      Type.Record(
        Name,
        Type.Object({ title: Type.Optional(Name), validity: Type.Optional(CatalogValidity) }, strict),
      ),
    ),
    /** By Stripe price id or lookup key. */
    prices: Type.Record(Name, CatalogPrice),
    /** By Stripe product id: every price of it that is not listed itself. */
    stripe_products: Type.Optional(Type.Record(Name, CatalogPrice)),
    ignored_prices: Type.Optional(Type.Array(Name, { maxItems: 10_000 })),
    test_mode_fallback: Type.Optional(Type.Union([CatalogPrice, Type.Null()])),
    existing_licenses: Type.Optional(ExistingLicenses),
  },
  strict,
)
export type CatalogContent = Static<typeof CatalogContent>
