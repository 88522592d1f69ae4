import type { CollectionSpec, Store, Transaction } from '@keyflow/runtime'
import type { AnyBulkWriteOperation } from 'mongodb'
import type { License } from '../domain/license.ts'

type LicenseRow = Omit<License, 'id'> & { _id: string }

export const LICENSES: CollectionSpec = {
  name: 'licenses',
  indexes: [
    {
      key: { keyHash: 1 },
      name: 'by_key_hash',
      unique: true,
      // Not `$type`: MongoDB does not see that a string is one, and would look through all licenses.
      partialFilterExpression: { keyHash: { $gt: '' } },
    },
    { key: { 'retiredKeys.hash': 1 }, name: 'by_retired_key', sparse: true },
    { key: { ledger: 1 }, name: 'by_ledger' },
    { key: { 'origin.subscription': 1 }, name: 'by_subscription', sparse: true },
    { key: { customer: 1 }, name: 'by_customer' },
    { key: { createdAt: -1, _id: -1 }, name: 'newest_first' },
    { key: { 'metadata.$**': 1 }, name: 'by_note' },
    { key: { 'clock.id': 1 }, name: 'by_test_clock', sparse: true },
  ],
  schema: {
    bsonType: 'object',
    required: ['_id', 'scope', 'ledger', 'version', 'billing', 'granted', 'terms', 'keyVersion'],
    properties: {
      version: { bsonType: 'number', minimum: 0 },
      billing: { enum: ['pending', 'active', 'grace', 'suspended', 'ended', 'revoked'] },
      granted: { bsonType: 'bool' },
      keyHash: { bsonType: ['string', 'null'], description: 'keyed hash; never the key' },
    },
  },
}

const rowsOf = (store: Store) => store.db.collection<LicenseRow>(LICENSES.name)

const fromRow = ({ _id, ...rest }: LicenseRow): License => ({ id: _id, ...rest })

/** Every license of these ledgers, by id. */
export const findLicensesOf = async (
  tx: Transaction,
  ledgers: readonly string[],
): Promise<Map<string, License>> => {
  if (ledgers.length === 0) return new Map()
  const rows = await rowsOf(tx.store)
    // Most ledgers hold one license: all of them in one answer.
    .find({ ledger: { $in: [...ledgers] } }, { session: tx.session, batchSize: 2 * ledgers.length + 1 })
    .toArray()
  return new Map(rows.map((row) => [row._id, fromRow(row)]))
}

export const writeLicenses = async (
  tx: Transaction,
  writes: readonly { readonly before: License | undefined; readonly after: License }[],
): Promise<void> => {
  if (writes.length === 0) return
  const operations = writes.map(({ before, after }): AnyBulkWriteOperation<LicenseRow> => {
    const { id, ...rest } = after
    return before === undefined
      ? { insertOne: { document: { _id: id, ...rest } } }
      : { replaceOne: { filter: { _id: id }, replacement: rest } }
  })
  await rowsOf(tx.store).bulkWrite(operations, { session: tx.session, ordered: false })
}

/** A license that turned out to continue another answers as that one. */
export const findLicenseById = async (store: Store, id: string): Promise<License | null> => {
  const row = await rowsOf(store).findOne({ _id: id })
  if (row === null) return null
  return row.supersededBy == null ? fromRow(row) : findLicenseById(store, row.supersededBy)
}

/** Any of these keyed hashes, of keys in force and of earlier ones: one request, of the same shape for hit and miss. */
export const ofKeys = (hashes: readonly string[]) => ({
  $or: [{ keyHash: { $in: [...hashes] } }, { 'retiredKeys.hash': { $in: [...hashes] } }],
})

/** By keyed hash, as of an instant (unix milliseconds): an earlier key opens the license as long as its overlap lasts. */
export const findLicenseByKeyHash = async (
  store: Store,
  keyHash: string,
  at: number,
): Promise<License | null> => {
  const row = await rowsOf(store).findOne(ofKeys([keyHash]))
  if (row === null || isOver(row, keyHash, at)) return null
  return row.supersededBy == null ? fromRow(row) : findLicenseById(store, row.supersededBy)
}

const isOver = ({ retiredKeys = [] }: LicenseRow, keyHash: string, at: number): boolean =>
  retiredKeys.some((key) => key.hash === keyHash && key.overlapEndsAt <= at)
