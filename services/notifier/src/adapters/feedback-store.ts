import type { CollectionSpec, Store } from '@keyflow/runtime'
import type { ClientSession, Collection } from 'mongodb'
import type { MailFeedback } from '../domain/mail-feedback.ts'

export interface KeptFeedback extends MailFeedback {
  readonly message: string | null
  readonly addressHash: string | null
}

interface FeedbackRow extends Omit<KeptFeedback, 'id'> {
  _id: string
  at: Date
}

/** Reports that were taken in: each counts once. Kept for ninety days, like the claims of records. */
export const FEEDBACK: CollectionSpec = {
  name: 'mail_feedback',
  indexes: [
    { key: { addressHash: 1, kind: 1, at: 1 }, name: 'address' },
    { key: { at: 1 }, name: 'expiry', expireAfterSeconds: 90 * 86_400 },
  ],
}

const rowsOf = (store: Store): Collection<FeedbackRow> => store.db.collection<FeedbackRow>(FEEDBACK.name)

/** False when it was taken in before. */
export const insertFeedback = async (
  store: Store,
  session: ClientSession,
  { id, ...feedback }: KeptFeedback,
): Promise<boolean> => {
  const { upsertedCount } = await rowsOf(store).updateOne(
    { _id: id },
    [
      {
        $replaceWith: {
          $cond: [
            { $eq: [{ $type: '$kind' }, 'missing'] },
            { $mergeObjects: [{ _id: id }, { $literal: feedback }, { at: '$$NOW' }] },
            '$$ROOT',
          ],
        },
      },
    ],
    { session, upsert: true },
  )
  return upsertedCount === 1
}

/** Soft bounces of an address lately, those of this transaction included. */
export const softBouncesOf = async (
  store: Store,
  session: ClientSession,
  addressHash: string,
  withinMs: number,
): Promise<number> =>
  (
    await rowsOf(store)
      .find(
        {
          addressHash,
          kind: 'soft_bounce',
          $expr: { $gt: ['$at', { $subtract: ['$$NOW', withinMs] }] },
        },
        { session, projection: { _id: 1 } },
      )
      .toArray()
  ).length
