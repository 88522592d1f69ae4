import type { RecordHeaders } from '@keyflow/contracts'
import { Binary, type ClientSession, type Collection } from 'mongodb'
import type { OutgoingRecord, RecordPublisher } from '../kafka/records.ts'
import type { Store } from '../mongo/client.ts'
import type { CollectionSpec } from '../mongo/migrate.ts'

/** A record that a transaction decided to publish. The id makes a second insertion of the same decision impossible. */
export interface OutboxEntry extends OutgoingRecord {
  readonly id: string
}

interface OutboxRow {
  _id: string
  topic: string
  key: string | null
  value: Binary
  headers: RecordHeaders
  at: Date
  /** Why the broker never takes this record. Kept for the operator; without this field it is published again. */
  refused?: string
}

/** Holds only what is not yet published: a row is deleted once the broker acknowledged its record. */
export const OUTBOX: CollectionSpec = { name: 'outbox', indexes: [{ key: { at: 1 }, name: 'oldest' }] }

const rowsOf = (store: Store): Collection<OutboxRow> => store.db.collection<OutboxRow>(OUTBOX.name)

export const insertOutbox = async (
  store: Store,
  session: ClientSession,
  entries: readonly OutboxEntry[],
  at: Date,
): Promise<void> => {
  if (entries.length === 0) return
  await rowsOf(store).insertMany(
    entries.map((entry) => ({
      _id: entry.id,
      topic: entry.topic,
      key: entry.key,
      value: new Binary(toBytes(entry.value)),
      headers: entry.headers,
      at,
    })),
    { session },
  )
}

/** Publishes committed entries and forgets them. A crash between the two publishes again: consumers claim by id. */
export const publishEntries = async (
  store: Store,
  publisher: RecordPublisher,
  entries: readonly OutboxEntry[],
): Promise<void> => {
  if (entries.length === 0) return
  await publisher.publishAll(entries)
  await rowsOf(store).deleteMany({ _id: { $in: entries.map((entry) => entry.id) } })
}

/** Keeps a row that cannot be published out of the way of the others. */
export const setAside = async (store: Store, entry: OutboxEntry, refused: string): Promise<void> => {
  await rowsOf(store).updateOne({ _id: entry.id }, { $set: { refused } })
}

/** The oldest rows that have waited for at least `minAgeMs`: what a dead process left behind. */
export const findLeftovers = async (
  store: Store,
  minAgeMs: number,
  limit: number,
): Promise<OutboxEntry[]> => {
  const rows = await rowsOf(store)
    .find({ refused: { $exists: false }, $expr: { $lt: ['$at', { $subtract: ['$$NOW', minAgeMs] }] } })
    .sort({ at: 1, _id: 1 })
    .limit(limit)
    .toArray()
  return rows.map((row) => ({
    id: row._id,
    topic: row.topic,
    key: row.key,
    value: row.value.buffer,
    headers: row.headers,
  }))
}

export const countOutbox = (store: Store): Promise<number> => rowsOf(store).estimatedDocumentCount()

const toBytes = (value: Uint8Array | string): Uint8Array =>
  typeof value === 'string' ? Buffer.from(value) : value
