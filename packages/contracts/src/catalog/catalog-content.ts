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

export const CatalogTier = Type.Object(
  { max_domains: MaxDomains, features: Type.Optional(Features), title: Type.Optional(Name) },
  strict,
)

/** What a price sells: a tier of a product, and what differs from the tier. */
export const CatalogPrice = Type.Object(
  {
    tier: Name,
    product: Name,
    validity: Type.Optional(CatalogValidity),
    /** Shorthand for `validity: { days }`. */
    validity_days: Type.Optional(Type.Union([Type.Integer({ minimum: 1, maximum: 36_500 }), Type.Null()])),
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
