import { type REVIEW_STATES, type Scope, scopedId } from '@keyflow/contracts'
import type { CollectionSpec, Store, Transaction } from '@keyflow/runtime'
import type { Review } from '../domain/derived-license.ts'

export type ReviewState = (typeof REVIEW_STATES)[number]

/** Who closed a review, when (unix milliseconds) and why. */
interface Dismissal {
  readonly actor: string
  readonly reason: string
  readonly at: number
}

interface ReviewRow extends Omit<Review, 'id'> {
  _id: string
  ledger: string
  account: string
  livemode: boolean
  state: ReviewState
  openedAt: Date
  resolvedAt: Date | null
  /** Who dismissed it, and why. */
  dismissal: { readonly actor: string; readonly reason: string } | null
}

export const REVIEWS: CollectionSpec = {
  name: 'reviews',
  indexes: [
    { key: { state: 1, openedAt: 1 }, name: 'open_oldest' },
    { key: { ledger: 1 }, name: 'by_ledger' },
  ],
}

/**
 * Makes the queue say what was derived: new entries open, entries that no longer hold resolve themselves, those that
 * hold again open again; what a person dismissed stays so. Returns the reasons of those that were opened.
 */
export const writeReviews = async (
  tx: Transaction,
  ledgers: readonly {
    readonly id: string
    /** Ledgers that were joined into this one: their entries are its own now. */
    readonly absorbed: readonly string[]
    readonly scope: Scope
    readonly reviews: readonly Review[]
    /** By review: who closed it. */
    readonly dismissals: Readonly<Record<string, Dismissal>>
  }[],
): Promise<readonly Review['reason'][]> => {
  const rows = tx.store.db.collection<ReviewRow>(REVIEWS.name)
  const { session, now } = tx
  const sources = ledgers.flatMap((ledger) => [ledger.id, ...ledger.absorbed])
  const known = await rows.find({ ledger: { $in: sources } }, { session }).toArray()
  for (const { id, absorbed } of ledgers)
    if (absorbed.length > 0)
      await rows.updateMany({ ledger: { $in: [...absorbed] } }, { $set: { ledger: id } }, { session })
  const wanted = new Map(
    ledgers.flatMap((ledger) => ledger.reviews.map((review) => [review.id, { ledger, review }])),
  )
  const stale = known.filter((row) => row.state === 'open' && !wanted.has(row._id)).map((row) => row._id)
  if (stale.length > 0)
    await rows.updateMany(
      { _id: { $in: stale } },
      { $set: { state: 'resolved', resolvedAt: now } },
      { session },
    )
  const stateOf = new Map(known.map((row) => [row._id, row.state]))
  const openedAt = new Map(known.map((row) => [row._id, row.openedAt]))
  const changed = [...wanted.values()].filter(({ ledger, review }) => {
    const state = stateOf.get(review.id)
    return state === undefined || state === 'resolved' || (state === 'open' && review.id in ledger.dismissals)
  })
  for (const { ledger, review } of changed) {
    const { id, ...rest } = review
    const dismissal = ledger.dismissals[id]
    await rows.replaceOne(
      { _id: id },
      {
        ...rest,
        ledger: ledger.id,
        account: ledger.scope.account,
        livemode: ledger.scope.livemode,
        state: dismissal === undefined ? 'open' : 'dismissed',
        openedAt: dismissal === undefined ? now : (openedAt.get(id) ?? now),
        resolvedAt: dismissal === undefined ? null : new Date(dismissal.at),
        dismissal: dismissal === undefined ? null : { actor: dismissal.actor, reason: dismissal.reason },
      },
      { session, upsert: true },
    )
  }
  return changed.flatMap(({ ledger, review }) => (review.id in ledger.dismissals ? [] : [review.reason]))
}

/** Review of a question that Stripe refused to answer (the object is gone, the key may not read it). */
export const snapshotReview = (scope: Scope, subject: string): Review => ({
  id: `${scopedId(scope, subject)}:snapshot_refused`,
  reason: 'snapshot_refused',
  customer: null,
  subjects: [subject],
  price: null,
  atRisk: {},
})

/** Opens it outside of a fold; the next fold of the ledger finds it there. */
export const openSnapshotReview = async (
  store: Store,
  request: { readonly scope: Scope; readonly ledger: string; readonly subject: string },
): Promise<void> => {
  const { id, ...rest } = snapshotReview(request.scope, request.subject)
  const { account, livemode } = request.scope
  await store.db.collection<ReviewRow>(REVIEWS.name).updateOne(
    { _id: id },
    [
      {
        $set: {
          ...rest,
          ledger: request.ledger,
          account,
          livemode,
          state: 'open',
          openedAt: { $ifNull: ['$openedAt', '$$NOW'] },
          resolvedAt: null,
          dismissal: null,
        },
      },
    ],
    { upsert: true },
  )
}

export interface ReviewEntry extends Review {
  readonly ledger: string
  readonly account: string
  readonly livemode: boolean
  readonly state: ReviewState
  readonly openedAt: Date
  readonly resolvedAt: Date | null
  readonly dismissal: { readonly actor: string; readonly reason: string } | null
}

const rowsOf = (store: Store) => store.db.collection<ReviewRow>(REVIEWS.name)

const fromRow = ({ _id, ...rest }: ReviewRow): ReviewEntry => ({ id: _id, ...rest })

/** Oldest first; `livemode` null = of both modes. */
export const listReviews = async (
  store: Store,
  state: ReviewState,
  livemode: boolean | null,
  limit: number,
): Promise<readonly ReviewEntry[]> => {
  const rows = rowsOf(store).find({ state, ...(livemode === null ? {} : { livemode }) })
  return (await rows.sort({ openedAt: 1 }).limit(limit).toArray()).map(fromRow)
}

export const findReview = async (store: Store, id: string): Promise<ReviewEntry | null> => {
  const row = await rowsOf(store).findOne({ _id: id })
  return row === null ? null : fromRow(row)
}
