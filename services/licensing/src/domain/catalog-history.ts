import { type CatalogContent, type CatalogRecord, type PriceRef, sameJson } from '@keyflow/contracts'
import {
  type Catalog,
  meaningOf,
  type PriceMeaning,
  readCatalog,
  type Terms,
  type Tier,
  termsOf,
  tierOf,
} from './catalog.ts'

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
 * that existing licenses follow. Depends on nothing but the history and that instant, so a rebuild pins alike. A version
 * that says the same again is not pinned to: whoever holds such a license is not touched by it.
 */
export const resolvePrice = (
  history: CatalogHistory,
  price: PriceRef | null,
  livemode: boolean,
  soldAt: number,
): SoldAs => {
  const start = startOf(history, soldAt)
  let meaning: PriceMeaning = { kind: 'unknown' }
  let tier: Tier | undefined
  let pin: CatalogPin = { price: 0, tier: 0 }
  for (const { version, catalog, existing } of history.slice(start)) {
    // A version that no longer knows the price takes nothing from those who bought it.
    const says: PriceMeaning =
      meaning.kind === 'unknown' || existing.prices === 'follow'
        ? meaningOf(catalog, price, livemode)
        : UNKNOWN
    const isSaid = says.kind !== 'unknown'
    if (isSaid) {
      if (!sameJson(says, meaning)) pin = { ...pin, price: version }
      meaning = says
    }
    if (meaning.kind !== 'sold' || (!isSaid && existing.tiers === 'keep')) continue
    const grants = tierOf(catalog, meaning.entry.tier)
    if (grants === undefined && !isSaid) continue
    if (!sameJson(grants, tier)) pin = { ...pin, tier: version }
    tier = grants
  }
  if (meaning.kind !== 'sold') return { kind: meaning.kind }
  return tier === undefined ? UNKNOWN : { kind: 'terms', terms: termsOf(meaning.entry, tier), pin }
}

const UNKNOWN = { kind: 'unknown' } as const

/** Place of the version that was in force at an instant. */
const startOf = (history: CatalogHistory, at: number): number =>
  Math.max(
    0,
    history.findLastIndex((version) => version.from <= at),
  )

/**
 * What a tier that was given at `at` (unix seconds) grants today: what it granted then, unless a later version says that
 * existing licenses follow. undefined when no version from then on knows the tier.
 */
export const resolveTier = (
  history: CatalogHistory,
  name: string,
  at: number,
): { readonly tier: Tier; readonly version: number } | undefined => {
  let kept: { readonly tier: Tier; readonly version: number } | undefined
  for (const { version, catalog, existing } of history.slice(startOf(history, at))) {
    if (kept !== undefined && existing.tiers === 'keep') continue
    const tier = tierOf(catalog, name)
    if (tier !== undefined && !sameJson(tier, kept?.tier)) kept = { tier, version }
  }
  return kept
}
