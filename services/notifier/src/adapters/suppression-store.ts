import type { CollectionSpec, Store } from '@keyflow/runtime'
import type { ClientSession, Collection } from 'mongodb'
import type { Suppression, SuppressionReason } from '../domain/suppression.ts'

export interface SuppressionRow {
  /** Keyed hash of the address. */
  _id: string
  schemaVersion: 1
  reason: SuppressionReason
  until: Date | null
  /** `j•••@example.com`, for operators. */
  masked: string
  /** Message that gave the reason; null when a person did. */
  message: string | null
  actor: string | null
  /** Released rows stay, so that every replica learns of it. */
  released: boolean
  createdAt: Date
  updatedAt: Date
}

export const SUPPRESSIONS: CollectionSpec = {
  name: 'suppressions',
  indexes: [{ key: { updatedAt: 1 }, name: 'updated' }],
  schema: { bsonType: 'object', required: ['_id', 'schemaVersion', 'reason', 'released', 'updatedAt'] },
}

const rowsOf = (store: Store): Collection<SuppressionRow> =>
  store.db.collection<SuppressionRow>(SUPPRESSIONS.name)

export interface NewSuppression extends Suppression {
  readonly addressHash: string
  readonly masked: string
  readonly message: string | null
  readonly actor: string | null
}

/** A complaint or a person's word is not weakened by a later bounce. */
const STRENGTH: Readonly<Record<SuppressionReason, number>> = {
  unsubscribed: 0,
  soft_bounces: 1,
  complaint: 2,
  hard_bounce: 3,
  operator: 4,
}

/** Suppresses an address, unless something at least as strong does already. */
export const suppressAddress = async (
  store: Store,
  { addressHash, reason, until, ...rest }: NewSuppression,
  session?: ClientSession,
): Promise<void> => {
  const strength = {
    $switch: {
      branches: Object.entries(STRENGTH).map(([name, value]) => ({
        case: { $eq: ['$reason', name] },
        // biome-ignore lint/suspicious/noThenProperty: the aggregation language names it so
        then: value,
      })),
      default: -1,
    },
  }
  const holds = {
    $and: [{ $eq: ['$released', false] }, { $gt: [strength, STRENGTH[reason]] }],
  }
  const row = {
    ...rest,
    schemaVersion: 1 as const,
    reason,
    until: until === null ? null : new Date(until),
    released: false,
  }
  const replaced = {
    $mergeObjects: [
      { _id: addressHash },
      { $literal: row },
      { createdAt: { $ifNull: ['$createdAt', '$$NOW'] }, updatedAt: '$$NOW' },
    ],
  }
  await rowsOf(store).updateOne(
    { _id: addressHash },
    [{ $replaceWith: { $cond: [holds, '$$ROOT', replaced] } }],
    { upsert: true, ...(session === undefined ? {} : { session }) },
  )
}

/** False when the address was not suppressed. */
export const releaseAddress = async (store: Store, addressHash: string, actor: string): Promise<boolean> => {
  const { modifiedCount } = await rowsOf(store).updateOne({ _id: addressHash, released: false }, [
    { $set: { released: true, actor: { $literal: actor }, updatedAt: '$$NOW' } },
  ])
  return modifiedCount === 1
}

/** Changed since then, oldest first. */
export const suppressionsSince = (store: Store, since: Date): Promise<SuppressionRow[]> =>
  rowsOf(store)
    .find({ updatedAt: { $gte: since } })
    .sort({ updatedAt: 1 })
    .toArray()

export const listSuppressions = (store: Store, limit: number): Promise<SuppressionRow[]> =>
  rowsOf(store).find({ released: false }).sort({ updatedAt: -1 }).limit(limit).toArray()

export const findSuppression = (store: Store, addressHash: string): Promise<SuppressionRow | null> =>
  rowsOf(store).findOne({ _id: addressHash, released: false })
