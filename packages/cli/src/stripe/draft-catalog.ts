import type { CatalogContent, CatalogPrice } from '@keyflow/contracts'

type Metadata = Readonly<Record<string, string>>

/** What a price of Stripe is, for a catalog. */
export interface StripePrice {
  readonly id: string
  readonly nickname: string | null
  readonly lookupKey: string | null
  /** e.g. `19.00 usd / month` */
  readonly costs: string
  readonly metadata: Metadata
  readonly product: { readonly id: string; readonly name: string; readonly metadata: Metadata }
}

export interface CatalogDraft {
  readonly content: CatalogContent
  /** Prices that the metadata gave a meaning. */
  readonly added: readonly StripePrice[]
  /** Prices that nothing gives a meaning yet. */
  readonly unknown: readonly StripePrice[]
  readonly problems: readonly string[]
}

/**
 * A catalog for review. What `base` (the catalog in force) says of a price or its product stands; else the price's metadata
 * counts, and then the product's: `keyflow_tier`, `keyflow_product`, `keyflow_max_domains`, `keyflow_features`,
 * `keyflow_validity_days`, `keyflow_ignore`. A tier that metadata names and no catalog has is made, with those limits.
 */
export const draftCatalog = (base: CatalogContent, prices: readonly StripePrice[]): CatalogDraft => {
  const tiers = { ...base.tiers }
  const entries = { ...base.prices }
  const products = base.products === undefined ? undefined : { ...base.products }
  const ignored = [...(base.ignored_prices ?? [])]
  const added: StripePrice[] = []
  const unknown: StripePrice[] = []
  const problems: string[] = []
  for (const price of prices) {
    if (isKnown(base, price)) continue
    const said = { ...price.product.metadata, ...price.metadata }
    const { keyflow_tier: tier } = said
    if (said.keyflow_ignore === 'true') {
      ignored.push(price.id)
      added.push(price)
    } else if (tier === undefined || tier.trim() === '') unknown.push(price)
    else {
      const maxDomains = count(said.keyflow_max_domains, price.id, 'keyflow_max_domains', problems)
      const days = count(said.keyflow_validity_days, price.id, 'keyflow_validity_days', problems)
      const features = listOf(said.keyflow_features)
      const known = tiers[tier]
      if (known === undefined)
        tiers[tier] = { max_domains: maxDomains ?? 1, ...(features === undefined ? {} : { features }) }
      const entry: CatalogPrice = {
        tier,
        product: said.keyflow_product ?? price.product.id,
        ...(days === undefined ? {} : { validity_days: days }),
        ...(known === undefined || maxDomains === undefined || maxDomains === known.max_domains
          ? {}
          : { max_domains: maxDomains }),
        ...(known === undefined || features === undefined ? {} : { features }),
      }
      entries[price.id] = entry
      if (products !== undefined) products[entry.product] ??= { title: price.product.name.slice(0, 100) }
      added.push(price)
    }
  }
  const content: CatalogContent = {
    ...base,
    tiers,
    prices: entries,
    ...(products === undefined ? {} : { products }),
    ...(ignored.length === 0 ? {} : { ignored_prices: ignored }),
  }
  return { content, added, unknown, problems }
}

const isKnown = (base: CatalogContent, { id, lookupKey, product }: StripePrice): boolean =>
  base.prices[id] !== undefined ||
  (lookupKey !== null && base.prices[lookupKey] !== undefined) ||
  base.stripe_products?.[product.id] !== undefined ||
  (base.ignored_prices ?? []).includes(id)

const count = (
  text: string | undefined,
  price: string,
  name: string,
  problems: string[],
): number | undefined => {
  if (text === undefined || text.trim() === '') return undefined
  if (/^\d{1,6}$/.test(text.trim())) return Number(text)
  problems.push(`${price}: ${name} must be a whole number`)
  return undefined
}

const listOf = (text: string | undefined): string[] | undefined => {
  const names = (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  return names.length === 0 ? undefined : names
}
