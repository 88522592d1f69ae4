import type { CatalogChangeLine, CatalogPreviewSummary, LicenseSummary } from '@keyflow/contracts'
import type { Session } from '../session/session.ts'

/** What a change does to a license, in a few words: only what differs. */
export const describeChange = ({ before, after }: Pick<CatalogChangeLine, 'before' | 'after'>): string => {
  if (before === null) return `issued on ${after.tier}, ${after.maxDomains} domains`
  const parts = [
    differs(before, after, 'tier', 'tier'),
    differs(before, after, 'productId', 'product'),
    differs(before, after, 'maxDomains', 'domains'),
    differs(before, after, 'status', 'status'),
    differs(before, after, 'validThrough', 'valid through'),
    ...after.features.filter((one) => !before.features.includes(one)).map((one) => `+${one}`),
    ...before.features.filter((one) => !after.features.includes(one)).map((one) => `-${one}`),
  ]
  return parts.filter((part) => part !== '').join(', ')
}

const differs = (
  before: LicenseSummary,
  after: LicenseSummary,
  key: 'tier' | 'productId' | 'maxDomains' | 'status' | 'validThrough',
  name: string,
): string =>
  before[key] === after[key] ? '' : `${name} ${before[key] ?? 'no end'} -> ${after[key] ?? 'no end'}`

/** Counts changes that say the same, so that 100,000 of them are a few lines. */
export const createChangeCount = () => {
  const counts = new Map<string, { readonly change: CatalogChangeLine; count: number }>()
  return {
    add: (change: CatalogChangeLine): void => {
      const key = `${change.price}\n${describeChange(change)}`
      const known = counts.get(key)
      if (known === undefined) counts.set(key, { change, count: 1 })
      else known.count += 1
    },
    /** Most frequent first. */
    rows: (): readonly (readonly string[])[] =>
      [...counts.values()]
        .sort((a, b) => b.count - a.count)
        .map(({ change, count }) => [
          String(count),
          change.price,
          describeChange(change),
          `e.g. ${change.licenseId}`,
        ]),
  }
}
export type ChangeCount = ReturnType<typeof createChangeCount>

/** The end of a preview, for people. */
export const showPreview = (session: Session, summary: CatalogPreviewSummary, changes: ChangeCount): void => {
  if (summary.changed > 0) session.table(['LICENSES', 'PRICE', 'CHANGE', ''], changes.rows())
  session.say(
    `${summary.changed} of ${summary.licenses} licenses would change, compared with version ${summary.parent} (${summary.ledgers} ledgers in ${(summary.tookMs / 1000).toFixed(1)} s).`,
  )
  if (summary.reviewsClosed > 0) session.say(`${summary.reviewsClosed} reviews would be settled.`)
  if (summary.reviewsOpened > 0) session.say(`${summary.reviewsOpened} purchases would go to review.`)
  if (summary.changed > 0)
    session.say('Each change is an event of its license: customers are told of it as of any other.')
}
