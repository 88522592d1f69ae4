import type { ClientSession, Collection } from 'mongodb'
import type { Store } from '../mongo/client.ts'
import type { CollectionSpec } from '../mongo/migrate.ts'
import type { WrappedKey } from './master-keys.ts'

export interface KeptKey extends WrappedKey {
  /** On the topic, for the other services: what it seals may leave this database. */
  readonly shared: boolean
}

/** All that a service knows of one person's keys. */
export interface SubjectKeys {
  /** Scoped id. */
  readonly _id: string
  /** Several only where services made one each; any of them seals. */
  readonly keys: readonly KeptKey[]
  /** Final. An erased subject has no keys, and gets none. */
  readonly erasedAt: Date | null
}

export const PERSONAL_KEYS: CollectionSpec = {
  name: 'personal_keys',
  indexes: [{ key: { 'keys.masterId': 1 }, name: 'by_master' }],
  schema: {
    bsonType: 'object',
    required: ['_id', 'keys', 'erasedAt'],
    properties: { keys: { bsonType: 'array' }, erasedAt: { bsonType: ['date', 'null'] } },
  },
}

const rowsOf = (store: Store): Collection<SubjectKeys> => store.db.collection<SubjectKeys>(PERSONAL_KEYS.name)

export const findSubjects = (store: Store, subjects: readonly string[]): Promise<readonly SubjectKeys[]> =>
  rowsOf(store)
    .find({ _id: { $in: [...subjects] } }, { readConcern: { level: 'majority' } })
    .toArray()

/**
 * Gives each subject a key unless it has one or is erased: whoever comes first wins, the others find the winner's.
 * Durable before it resolves, and in no transaction: nothing may ever be sealed with a key that is then rolled back.
 */
export const createKeys = async (
  store: Store,
  made: readonly { readonly subject: string; readonly key: WrappedKey }[],
): Promise<void> => {
  const isFree = { $and: [{ $eq: [{ $ifNull: ['$erasedAt', null] }, null] }, { $eq: [{ $size: KEYS }, 0] }] }
  const writes = made.map(({ subject, key }) => ({
    updateOne: {
      filter: { _id: subject },
      update: [
        {
          $set: {
            keys: { $cond: [isFree, [{ $literal: { ...key, shared: false } }], KEYS] },
            erasedAt: { $ifNull: ['$erasedAt', null] },
          },
        },
      ],
      upsert: true,
    },
  }))
  await rowsOf(store).bulkWrite(writes, { ordered: false })
}

const KEYS = { $ifNull: ['$keys', []] }

export const markShared = async (store: Store, subject: string, keyIds: readonly string[]): Promise<void> => {
  await rowsOf(store).updateOne(
    { _id: subject },
    { $set: { 'keys.$[key].shared': true } },
    { arrayFilters: [{ 'key.keyId': { $in: [...keyIds] } }] },
  )
}

/** Takes in a key that another service made. False when the subject is erased: then it is kept by nobody. */
export const adoptKey = async (
  store: Store,
  session: ClientSession,
  subject: string,
  key: WrappedKey,
): Promise<boolean> => {
  const isKnown = { $in: [key.keyId, { $map: { input: KEYS, in: '$$this.keyId' } }] }
  const isErased = { $ne: [{ $ifNull: ['$erasedAt', null] }, null] }
  const row = await rowsOf(store).findOneAndUpdate(
    { _id: subject },
    [
      {
        $set: {
          keys: {
            $cond: [
              { $or: [isKnown, isErased] },
              KEYS,
              { $concatArrays: [KEYS, [{ $literal: { ...key, shared: true } }]] },
            ],
          },
          erasedAt: { $ifNull: ['$erasedAt', null] },
        },
      },
    ],
    { session, upsert: true, returnDocument: 'after' },
  )
  return row?.erasedAt === null
}

/** Forgets all keys of the subject for good; returns those that were. */
export const eraseSubject = async (
  store: Store,
  session: ClientSession,
  subject: string,
  at: Date,
): Promise<readonly KeptKey[]> => {
  const before = await rowsOf(store).findOneAndUpdate(
    { _id: subject },
    [{ $set: { keys: [], erasedAt: { $ifNull: ['$erasedAt', at] } } }],
    { session, upsert: true, returnDocument: 'before' },
  )
  return before?.keys ?? []
}

/** Some subjects with a key that another master key than this one wraps. */
export const findWrappedByOthers = (
  store: Store,
  masterId: string,
  limit: number,
): Promise<readonly SubjectKeys[]> =>
  rowsOf(store)
    .find({ keys: { $elemMatch: { masterId: { $ne: masterId } } } })
    .limit(limit)
    .toArray()

/** Replaces the wrapping of one key, unless somebody did or the subject was erased meanwhile. */
export const replaceWrapping = async (store: Store, subject: string, old: WrappedKey, key: WrappedKey) => {
  await rowsOf(store).updateOne(
    { _id: subject, keys: { $elemMatch: { keyId: old.keyId, masterId: old.masterId } } },
    { $set: { 'keys.$.masterId': key.masterId, 'keys.$.wrapped': key.wrapped } },
  )
}

/** Ids of all master keys that keys of this database need. */
export const masterIdsInUse = async (store: Store): Promise<readonly string[]> =>
  // Who is erased has no key; the index knows such a row under null.
  (await rowsOf(store).distinct('keys.masterId', { 'keys.masterId': { $type: 'string' } })).filter(
    (id) => typeof id === 'string',
  )
