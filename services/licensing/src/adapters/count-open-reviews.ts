import type { Store } from '@keyflow/runtime'
import type { Review } from '../domain/derived-license.ts'
import { REVIEWS } from './mongo-reviews.ts'

export interface OpenReviews {
  readonly byReason: ReadonlyMap<Review['reason'], number>
  /** Those for which money was taken. */
  readonly paid: number
  /** Minor units by currency. */
  readonly atRisk: ReadonlyMap<string, number>
}

/** Entries that are looked at; a longer queue is a catastrophe that one number more does not describe better. */
const MOST = 5000

/** Counts the open entries of the review queue, over its index of open ones. */
export const countOpenReviews = async (store: Store): Promise<OpenReviews> => {
  const rows = store.db
    .collection<Pick<Review, 'reason' | 'atRisk'>>(REVIEWS.name)
    .find({ state: 'open' }, { projection: { _id: 0, reason: 1, atRisk: 1 } })
    .sort({ openedAt: 1 })
    .limit(MOST)
  const byReason = new Map<Review['reason'], number>()
  const atRisk = new Map<string, number>()
  let paid = 0
  for await (const review of rows) {
    byReason.set(review.reason, (byReason.get(review.reason) ?? 0) + 1)
    const amounts = Object.entries(review.atRisk).filter(([, minor]) => minor > 0)
    if (amounts.length > 0) paid += 1
    for (const [currency, minor] of amounts) atRisk.set(currency, (atRisk.get(currency) ?? 0) + minor)
  }
  return { byReason, paid, atRisk }
}
