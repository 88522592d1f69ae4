import { createHash } from 'node:crypto'
import { REVOCATION_DIGEST_BYTES } from '@keyflow/client/protocol'
import type { LicenseEventType } from '@keyflow/contracts'
import { type CollectionSpec, inTransaction, type Store, type Transaction } from '@keyflow/runtime'
import { LONGEST_LEASE } from '../domain/keyset.ts'
import type { License } from '../domain/license.ts'

/** That leases of a license from up to an instant do not count any more. */
export interface Revocation {
  /** Of the license's id: whoever reads the feed learns nothing of licenses that are not theirs. */
  readonly digest: string
  /** Unix seconds; 0 = taken back. */
  readonly revokedAt: number
  readonly epoch: number
}

interface RevocationRow {
  /** License. */
  _id: string
  digest: string
  revokedAt: number
  /** null until its place in the feed is settled. */
  epoch: number | null
  expireAt: Date
}

/** `epoch` is given out after the commit, in one order: a consumer's transactions need not agree on a counter. */
export const REVOCATIONS: CollectionSpec = {
  name: 'revocations',
  indexes: [
    { key: { epoch: 1 }, name: 'by_epoch' },
    { key: { expireAt: 1 }, name: 'while_leases_live', expireAfterSeconds: 0 },
  ],
}
export const REVOCATION_EPOCH: CollectionSpec = { name: 'revocation_epoch' }

const rowsOf = (store: Store) => store.db.collection<RevocationRow>(REVOCATIONS.name)
const counterOf = (store: Store) => store.db.collection<{ _id: string; epoch: number }>(REVOCATION_EPOCH.name)

/** Changes after which a lease from before must not be believed. */
const ENDING: ReadonlySet<LicenseEventType> = new Set([
  'license.revoked',
  'license.suspended',
  'license.expired',
])

export const digestOf = (licenseId: string): string =>
  createHash('sha256').update(licenseId).digest().subarray(0, REVOCATION_DIGEST_BYTES).toString('base64url')

/** In the transaction that changes the licenses: what ends is listed, what comes back is taken off the list. */
export const writeRevocations = async (
  tx: Transaction,
  changes: readonly { readonly after: License; readonly type: LicenseEventType }[],
): Promise<void> => {
  const said = changes.filter(({ type }) => ENDING.has(type) || type === 'license.reinstated')
  if (said.length === 0) return
  const revokedAt = Math.ceil(tx.now.getTime() / 1000)
  const expireAt = new Date(tx.now.getTime() + LONGEST_LEASE * 1000)
  await rowsOf(tx.store).bulkWrite(
    said.map(({ after: { id }, type }) =>
      ENDING.has(type)
        ? {
            updateOne: {
              filter: { _id: id },
              update: { $set: { digest: digestOf(id), revokedAt, epoch: null, expireAt } },
              upsert: true,
            },
          }
        : { updateOne: { filter: { _id: id }, update: { $set: { revokedAt: 0, epoch: null, expireAt } } } },
    ),
    { session: tx.session, ordered: false },
  )
}

const MOST_AT_ONCE = 1000

/** Gives every revocation that has none its epoch. Safe to run from any number of processes at once. */
export const settleEpochs = async (store: Store): Promise<void> => {
  const waiting = await rowsOf(store)
    .find({ epoch: null }, { projection: { revokedAt: 1 }, timeoutMS: 5000 })
    .limit(MOST_AT_ONCE)
    .toArray()
  if (waiting.length === 0) return
  await inTransaction(store, async (session) => {
    const counter = await counterOf(store).findOneAndUpdate(
      { _id: 'revocations' },
      { $inc: { epoch: waiting.length } },
      { session, upsert: true, returnDocument: 'after' },
    )
    const first = (counter?.epoch ?? waiting.length) - waiting.length + 1
    await rowsOf(store).bulkWrite(
      waiting.map(({ _id, revokedAt }, index) => ({
        updateOne: { filter: { _id, revokedAt, epoch: null }, update: { $set: { epoch: first + index } } },
      })),
      { session, ordered: false },
    )
  })
}

/** Those from after an epoch, in order. */
export const findRevocationsAfter = async (store: Store, epoch: number): Promise<readonly Revocation[]> => {
  const rows = await rowsOf(store)
    .find(
      { epoch: { $gt: epoch } },
      { projection: { _id: 0, digest: 1, revokedAt: 1, epoch: 1 }, timeoutMS: 5000 },
    )
    .sort({ epoch: 1 })
    .toArray()
  return rows.flatMap(({ digest, revokedAt, epoch: at }) =>
    at === null ? [] : [{ digest, revokedAt, epoch: at }],
  )
}

export const readEpoch = async (store: Store): Promise<number> =>
  (await counterOf(store).findOne({ _id: 'revocations' }))?.epoch ?? 0
