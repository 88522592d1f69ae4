import type { CollectionSpec, Store, Transaction } from '@keyflow/runtime'
import type { Collection, Filter } from 'mongodb'
import type { Attempt } from '../domain/attempt.ts'

export const DELIVERY_STATES = ['pending', 'delivered', 'failed'] as const
export type DeliveryState = (typeof DELIVERY_STATES)[number]

/** Something that one receiver is to be told. */
export interface Delivery {
  /** `<lane>/<what>`: one for each receiver and event, whoever repeats what. */
  readonly _id: string
  /** Whose: an endpoint, or the mirror. Lanes know nothing of each other. */
  readonly lane: string
  /** Event id of a webhook, license id of the mirror. */
  readonly subject: string
  readonly type: string
  readonly body: string
  /** Of what is told; a newer one takes the place of an older that is still to be told (the mirror). */
  readonly version: number
  readonly state: DeliveryState
  /** Server time from which it may be tried; of one in hand: when its lease runs out. */
  readonly dueAt: Date
  /** Token of whoever has it in hand. */
  readonly claim: string | null
  readonly createdAt: Date
  /** Beginning of the window in which it is tried. */
  readonly windowAt: Date
  /** Failed attempts in this window. */
  readonly failures: number
  /** The newest last. */
  readonly attempts: readonly Attempt[]
  readonly settledAt: Date | null
  /** Why it is not tried, or no more. */
  readonly note: 'exhausted' | 'endpoint_off' | 'too_old' | 'refused' | null
  /** What the receiver calls it (the mirror). */
  readonly externalId: string | null
}

export type NewDelivery = Pick<Delivery, 'lane' | 'subject' | 'type' | 'body' | 'version' | 'note'>

const KEPT_DAYS = 30
const KEPT_ATTEMPTS = 20

export const DELIVERIES: CollectionSpec = {
  name: 'deliveries',
  indexes: [
    { key: { lane: 1, dueAt: 1 }, name: 'due', partialFilterExpression: { state: 'pending' } },
    { key: { dueAt: 1 }, name: 'any_due', partialFilterExpression: { state: 'pending' } },
    { key: { lane: 1, createdAt: -1 }, name: 'by_lane' },
    // The mirror's rows have no such date: what it mirrors it knows for ever.
    { key: { expiresFrom: 1 }, name: 'ttl', expireAfterSeconds: KEPT_DAYS * 86_400 },
  ],
  schema: {
    bsonType: 'object',
    required: ['_id', 'lane', 'subject', 'state', 'dueAt', 'failures'],
    properties: { state: { enum: [...DELIVERY_STATES] }, dueAt: { bsonType: 'date' } },
  },
}

type Row = Delivery & { readonly expiresFrom?: Date }
const rowsOf = (store: Store): Collection<Row> => store.db.collection<Row>(DELIVERIES.name)

const AT_ONCE = new Date(0)
export const deliveryId = (lane: string, subject: string): string => `${lane}/${subject}`

const fresh = ({ note, ...wanted }: NewDelivery, now: Date) => ({
  ...wanted,
  state: note === null ? ('pending' as const) : ('failed' as const),
  note,
  dueAt: AT_ONCE,
  claim: null,
  windowAt: now,
  failures: 0,
  settledAt: note === null ? null : now,
})

/** Puts each into its lane unless it has been there: a repeated event changes nothing. */
export const enqueue = async (
  { store, session, now }: Pick<Transaction, 'store' | 'now'> & { readonly session?: Transaction['session'] },
  deliveries: readonly NewDelivery[],
): Promise<void> => {
  if (deliveries.length === 0) return
  await rowsOf(store).bulkWrite(
    deliveries.map((wanted) => ({
      updateOne: {
        filter: { _id: deliveryId(wanted.lane, wanted.subject) },
        update: {
          $setOnInsert: {
            ...fresh(wanted, now),
            createdAt: now,
            attempts: [],
            externalId: null,
            expiresFrom: now,
          },
        },
        upsert: true,
      },
    })),
    { ordered: false, ...(session === undefined ? {} : { session }) },
  )
}

/** One row for each subject, that always holds the newest version: what is told in between is left out. */
export const enqueueNewest = async (
  { store, session, now }: Transaction,
  deliveries: readonly NewDelivery[],
): Promise<void> => {
  if (deliveries.length === 0) return
  await rowsOf(store).bulkWrite(
    deliveries.map((wanted) => {
      const isNewer = { $gt: [wanted.version, { $ifNull: ['$version', 0] }] }
      const created = {
        createdAt: { $ifNull: ['$createdAt', now] },
        attempts: { $ifNull: ['$attempts', []] },
        externalId: { $ifNull: ['$externalId', null] },
      }
      // Whoever has the older one in hand keeps its claim, and finds at the end that it is not done.
      const { claim: _claim, dueAt: _dueAt, ...news } = fresh(wanted, now)
      const free = { $eq: [{ $ifNull: ['$claim', null] }, null] }
      const taken = {
        $mergeObjects: [
          '$$ROOT',
          { $literal: news },
          created,
          {
            claim: { $ifNull: ['$claim', null] },
            dueAt: { $cond: [free, AT_ONCE, { $ifNull: ['$dueAt', AT_ONCE] }] },
          },
        ],
      }
      return {
        updateOne: {
          filter: { _id: deliveryId(wanted.lane, wanted.subject) },
          update: [{ $replaceWith: { $cond: [isNewer, taken, '$$ROOT'] } }],
          upsert: true,
        },
      }
    }),
    { session, ordered: false },
  )
}

const IS_DUE = { state: 'pending' as const, $expr: { $lte: ['$dueAt', '$$NOW'] } }

/** Lanes in which something is due. (The server does not tell its time to `distinct`.) */
export const lanesDue = async (store: Store): Promise<readonly string[]> =>
  (
    await rowsOf(store)
      .aggregate<{ _id: string }>([{ $match: IS_DUE }, { $group: { _id: '$lane' } }])
      .toArray()
  ).map(({ _id }) => _id)

/** Takes what has been due longest in that lane, for `leaseMs` of server time; null when nothing is. */
export const claimDue = (
  store: Store,
  lane: string,
  token: string,
  leaseMs: number,
): Promise<Delivery | null> =>
  rowsOf(store).findOneAndUpdate(
    { ...IS_DUE, lane },
    [{ $set: { claim: token, dueAt: { $add: ['$$NOW', leaseMs] } } }],
    { sort: { dueAt: 1 }, returnDocument: 'after' },
  )

export type Settlement =
  | { readonly kind: 'delivered'; readonly externalId?: string | null }
  | { readonly kind: 'retry'; readonly waitMs: number }
  | { readonly kind: 'failed'; readonly note: NonNullable<Delivery['note']> }

/**
 * Records an attempt and what follows. False when the claim was lost: then somebody else's word counts. What became newer
 * while it was in hand is due again at once.
 */
export const settle = async (
  store: Store,
  delivery: Delivery,
  attempt: Attempt,
  settlement: Settlement,
): Promise<boolean> => {
  const isSame = { $eq: ['$version', delivery.version] }
  const again = { state: 'pending', dueAt: AT_ONCE, failures: 0, settledAt: null, note: null }
  const outcome =
    settlement.kind === 'retry'
      ? { failures: delivery.failures + 1, dueAt: { $add: ['$$NOW', settlement.waitMs] } }
      : {
          state: settlement.kind,
          settledAt: '$$NOW',
          note: settlement.kind === 'failed' ? settlement.note : null,
          failures: settlement.kind === 'failed' ? delivery.failures + 1 : delivery.failures,
        }
  const externalId =
    settlement.kind === 'delivered' && settlement.externalId !== undefined ? settlement.externalId : undefined
  const attempts = { $slice: [{ $concatArrays: ['$attempts', [{ $literal: attempt }]] }, -KEPT_ATTEMPTS] }
  const { modifiedCount } = await rowsOf(store).updateOne({ _id: delivery._id, claim: delivery.claim }, [
    {
      $replaceWith: {
        $mergeObjects: [
          '$$ROOT',
          { claim: null, attempts },
          externalId === undefined ? {} : { externalId: { $literal: externalId } },
          { $cond: [isSame, outcome, again] },
        ],
      },
    },
  ])
  return modifiedCount === 1
}

/** Remembers at once what the receiver calls it: a crash before the end must not make a second one there. */
export const saveExternalId = async (
  store: Store,
  delivery: Delivery,
  externalId: string | null,
): Promise<void> => {
  await rowsOf(store).updateOne({ _id: delivery._id, claim: delivery.claim }, { $set: { externalId } })
}

/** Due again at once, with all attempts before it; returns how many. What is being tried at this moment is left. */
export const redeliver = async (store: Store, which: Filter<Delivery>): Promise<number> => {
  const notInHand = { $or: [{ claim: null }, { state: { $ne: 'pending' } }] }
  const { modifiedCount } = await rowsOf(store).updateMany({ $and: [which, notInHand] } as Filter<Row>, [
    {
      $set: {
        state: 'pending',
        dueAt: AT_ONCE,
        claim: null,
        windowAt: '$$NOW',
        failures: 0,
        settledAt: null,
        note: null,
      },
    },
  ])
  return modifiedCount
}

/** An endpoint that is switched off: what waits for it is put by, and can be redelivered. */
export const putBy = async (store: Store, lane: string): Promise<void> => {
  await rowsOf(store).updateMany({ lane, state: 'pending' }, [
    { $set: { state: 'failed', note: 'endpoint_off', settledAt: '$$NOW' } },
  ])
}

export const listDeliveries = (
  store: Store,
  which: Filter<Delivery>,
  limit: number,
): Promise<readonly Delivery[]> =>
  rowsOf(store)
    .find(which as Filter<Row>)
    .sort({ createdAt: -1, _id: 1 })
    .limit(limit)
    .toArray()

export const findDelivery = (store: Store, id: string): Promise<Delivery | null> =>
  rowsOf(store).findOne({ _id: id })

export const countLane = (store: Store, lane: string): Promise<number> =>
  rowsOf(store).countDocuments({ lane })

/** Every row of a lane, some at a time. */
export async function* scanLane(
  store: Store,
  lane: string,
  atOnce: number,
): AsyncGenerator<readonly Delivery[]> {
  let rows: Delivery[] = []
  for await (const row of rowsOf(store).find({ lane }).sort({ _id: 1 })) {
    rows.push(row)
    if (rows.length < atOnce) continue
    yield rows
    rows = []
  }
  if (rows.length > 0) yield rows
}

/** How many wait, and since when the oldest has been due, seconds. */
export const readQueue = async (
  store: Store,
): Promise<{ readonly pending: number; readonly oldestSeconds: number }> => {
  const [oldest] = await rowsOf(store)
    .aggregate<{ seconds: number }>([
      { $match: { ...IS_DUE, claim: null } },
      { $sort: { dueAt: 1 } },
      { $limit: 1 },
      {
        $project: {
          seconds: { $divide: [{ $subtract: ['$$NOW', { $max: ['$dueAt', '$windowAt'] }] }, 1000] },
        },
      },
    ])
    .toArray()
  const pending = await rowsOf(store).countDocuments({ state: 'pending' })
  return { pending, oldestSeconds: Math.max(0, oldest?.seconds ?? 0) }
}
