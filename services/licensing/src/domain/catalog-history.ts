import type { CatalogContent, CatalogRecord, PriceRef } from '@keyflow/contracts'
import { type Catalog, meaningOf, readCatalog, type Terms, type Tier, termsOf, tierOf } from './catalog.ts'

/** A version of the catalog. Versions are never changed, only followed by others. */
export interface CatalogVersion {
  readonly version: number
  /** Unix seconds from which it is in force; the first one always was. */
  readonly from: number
  readonly catalog: Catalog
  readonly content: CatalogContent
  readonly digest: string
  /** What it does to licenses that were sold before it. */
  readonly existing: CatalogRecord['existing']
}

/** All versions that were ever in force, oldest first; never empty. */
export type CatalogHistory = readonly [CatalogVersion, ...CatalogVersion[]]

/** The version in force. */
export const headOf = (history: CatalogHistory): CatalogVersion => history.at(-1) ?? history[0]

/** A history of one version, for before anything was ever changed. */
export const startHistory = (content: CatalogContent, digest = ''): CatalogHistory => [
  {
    version: 1,
    from: 0,
    catalog: readCatalog(content),
    content,
    digest,
    existing: { prices: 'keep', tiers: 'keep' },
  },
]

/**
 * The history with one more version, or undefined when the record does not follow: it was made from a head that is no
 * longer one, so it lost a race. Clocks that go back do not make an earlier version later.
 */
export const followedBy = (
  history: readonly CatalogVersion[],
  record: CatalogRecord,
): CatalogHistory | undefined => {
  const head = history.at(-1)
  if (record.version !== (head?.version ?? 0) + 1) return undefined
  const at = Math.floor(Date.parse(record.at) / 1000)
  const added: CatalogVersion = {
    version: record.version,
    from: head === undefined ? 0 : Math.max(at, head.from),
    catalog: readCatalog(record.content),
    content: record.content,
    digest: record.digest,
    existing: record.existing,
  }
  const [first, ...rest] = history
  return first === undefined ? [added] : [first, ...rest, added]
}

/** Which versions a license owes its terms to. */
export interface CatalogPin {
  /** The version that gave the price its meaning. */
  readonly price: number
  /** The version that said what the tier grants. */
  readonly tier: number
}

export type SoldAs =
  | { readonly kind: 'terms'; readonly terms: Terms; readonly pin: CatalogPin }
  | { readonly kind: 'ignored' }
  | { readonly kind: 'unknown' }

/**
 * What a price that was first seen at `soldAt` (unix seconds) means today. A license is pinned to the version that was
 * in force when it was sold, or to the first later one that knew its price; a later version moves it only where it says
 * that existing licenses follow. Depends on nothing but the history and that instant, so a rebuild pins alike.
 */
export const resolvePrice = (
  history: CatalogHistory,
  price: PriceRef | null,
  livemode: boolean,
  soldAt: number,
): SoldAs => {
  const start = Math.max(
    0,
    history.findLastIndex((version) => version.from <= soldAt),
  )
  let kept: { readonly version: CatalogVersion; readonly at: number } | undefined
  for (const [at, version] of history.entries()) {
    if (at < start || (kept !== undefined && version.existing.prices === 'keep')) continue
    // A version that no longer knows the price takes nothing from those who bought it.
    if (meaningOf(version.catalog, price, livemode).kind !== 'unknown') kept = { version, at }
  }
  if (kept === undefined) return { kind: 'unknown' }
  const meaning = meaningOf(kept.version.catalog, price, livemode)
  if (meaning.kind !== 'sold') return { kind: meaning.kind }
  const granting = history.findLast(
    ({ existing, catalog }, at) =>
      at > (kept?.at ?? 0) &&
      existing.tiers === 'follow' &&
      tierOf(catalog, meaning.entry.tier) !== undefined,
  )
  const { version, catalog } = granting ?? kept.version
  const tier = tierOf(catalog, meaning.entry.tier)
  if (tier === undefined) return { kind: 'unknown' }
  return {
    kind: 'terms',
    terms: termsOf(meaning.entry, tier),
    pin: { price: kept.version.version, tier: version },
  }
}

/**
 * What a tier that was given at `at` (unix seconds) grants today: what it granted then, unless a later version says that
 * existing licenses follow. undefined when no version from then on knows the tier.
 */
export const resolveTier = (
  history: CatalogHistory,
  name: string,
  at: number,
): { readonly tier: Tier; readonly version: number } | undefined => {
  const start = Math.max(
    0,
    history.findLastIndex((version) => version.from <= at),
  )
  let kept: { readonly tier: Tier; readonly version: number } | undefined
  for (const { version, catalog, existing } of history.slice(start)) {
    if (kept !== undefined && existing.tiers === 'keep') continue
    const tier = tierOf(catalog, name)
    if (tier !== undefined) kept = { tier, version }
  }
  return kept
}
