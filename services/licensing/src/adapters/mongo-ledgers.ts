import type { Scope } from '@keyflow/contracts'
import type { CollectionSpec, Store, Transaction } from '@keyflow/runtime'
import type { AnyBulkWriteOperation } from 'mongodb'
import { type LedgerFacts, NO_FACTS } from '../domain/ledger-facts.ts'

export interface Ledger {
  readonly id: string
  readonly scope: Scope
  readonly facts: LedgerFacts
  /** 0 = not stored yet. */
  readonly version: number
  /** Reviews or questions to Stripe may exist: only then are they looked for. */
  readonly hasOpenEnds: boolean
  /** Newest version of the catalog that its licenses were derived under. */
  readonly catalog: number
}

interface LedgerRow {
  _id: string
  v: number
  account: string
  livemode: boolean
  /** JSON: nothing is ever looked up inside, and as one string it costs the driver a fraction. */
  facts: string
  openEnds: boolean
  catalog: number
  updatedAt: Date
}

/** One Stripe id -> the ledger that holds its facts. */
interface LinkRow {
  _id: string
  ledger: string
}

export const LEDGER_COLLECTIONS: readonly CollectionSpec[] = [
  { name: 'ledgers', indexes: [{ key: { catalog: 1, updatedAt: 1 }, name: 'by_catalog_and_time' }] },
  { name: 'ledger_links', indexes: [{ key: { ledger: 1 }, name: 'by_ledger' }] },
]

/** Which ledger each of the ids belongs to; ids are scoped (`account:mode:id`). */
export const findLinks = async (tx: Transaction, ids: readonly string[]): Promise<Map<string, string>> => {
  const rows = await tx.store.db
    .collection<LinkRow>('ledger_links')
    .find({ _id: { $in: [...ids] } }, { session: tx.session })
    .toArray()
  return new Map(rows.map((row) => [row._id, row.ledger]))
}

export const findLedgers = async (tx: Transaction, ids: readonly string[]): Promise<Map<string, Ledger>> => {
  if (ids.length === 0) return new Map()
  const rows = await tx.store.db
    .collection<LedgerRow>('ledgers')
    .find({ _id: { $in: [...ids] } }, { session: tx.session })
    .toArray()
  return new Map(rows.map((row) => [row._id, fromRow(row)]))
}

const fromRow = (row: LedgerRow): Ledger => ({
  id: row._id,
  scope: { account: row.account, livemode: row.livemode },
  // A ledger that an older version wrote lacks the kinds of facts that came later.
  facts: { ...NO_FACTS, ...(JSON.parse(row.facts) as LedgerFacts) },
  version: row.v,
  hasOpenEnds: row.openEnds,
  catalog: row.catalog,
})

const ledgersOf = (store: Store) => store.db.collection<LedgerRow>('ledgers')

/**
 * Ids of ledgers that were written at `since` or later, and yet under an older version of the catalog: by a process that did
 * not know the newer one.
 */
export const findLedgersLate = async (
  store: Store,
  catalog: number,
  since: Date,
  limit: number,
): Promise<readonly string[]> => {
  const rows = await ledgersOf(store)
    .find(
      { catalog: { $in: versionsBefore(catalog) }, updatedAt: { $gte: since } },
      { projection: { _id: 1 } },
    )
    .limit(limit)
    .toArray()
  return rows.map((row) => row._id)
}

/** Whether any ledger was last written under an older version of the catalog. */
export const areLedgersBehind = async (store: Store, catalog: number): Promise<boolean> =>
  (await ledgersOf(store).findOne({ catalog: { $lt: catalog } }, { projection: { _id: 1 } })) !== null

/** Listed, each with its own range of times: MongoDB then looks at nothing that it does not find. */
const versionsBefore = (catalog: number): number[] => Array.from({ length: catalog }, (_, version) => version)

export const countLedgers = (store: Store): Promise<number> => ledgersOf(store).estimatedDocumentCount()

/** Says that nothing was to be written of these ledgers under this version of the catalog. */
export const markLedgers = async (
  tx: Transaction,
  ids: readonly string[],
  catalog: number,
): Promise<void> => {
  if (ids.length === 0) return
  await ledgersOf(tx.store).updateMany(
    { _id: { $in: [...ids] } },
    { $set: { catalog } },
    { session: tx.session },
  )
}

/** The ledgers after an id, in the order of their ids. */
export const readLedgersAfter = async (
  { store, session }: { readonly store: Store; readonly session: Transaction['session'] },
  after: string,
  limit: number,
): Promise<readonly Ledger[]> => {
  const rows = await ledgersOf(store)
    .find({ _id: { $gt: after } }, { session })
    .sort({ _id: 1 })
    .limit(limit)
    // Else the driver fetches the first hundred, and asks again for the rest.
    .batchSize(limit)
    .toArray()
  return rows.map(fromRow)
}

export interface LedgerWrites {
  readonly changed: readonly Ledger[]
  /** New ids, and the ledger that they lead to. */
  readonly links: ReadonlyMap<string, string>
  /** Ledgers that were joined into another: id -> survivor. */
  readonly absorbed: ReadonlyMap<string, string>
}

/** Two transactions that touch one id or one ledger conflict here, and one of them starts over with what the other wrote. */
export const writeLedgers = async (tx: Transaction, writes: LedgerWrites): Promise<void> => {
  const { session, store, now } = tx
  const ledgers = store.db.collection<LedgerRow>('ledgers')
  const links = store.db.collection<LinkRow>('ledger_links')
  if (writes.changed.length > 0) {
    const result = await ledgers.bulkWrite(
      writes.changed.map((ledger) => toWrite(ledger, now)),
      { session, ordered: false },
    )
    const written = result.insertedCount + result.matchedCount
    if (written !== writes.changed.length) throw new Error('a ledger changed while its transaction ran')
  }
  if (writes.links.size > 0)
    await links.insertMany(
      [...writes.links].map(([id, ledger]) => ({ _id: id, ledger })),
      { session, ordered: false },
    )
  for (const [gone, survivor] of writes.absorbed) {
    await links.updateMany({ ledger: gone }, { $set: { ledger: survivor } }, { session })
    await ledgers.deleteOne({ _id: gone }, { session })
  }
}

const toWrite = (ledger: Ledger, now: Date): AnyBulkWriteOperation<LedgerRow> => {
  const row: LedgerRow = {
    _id: ledger.id,
    v: ledger.version + 1,
    account: ledger.scope.account,
    livemode: ledger.scope.livemode,
    facts: JSON.stringify(ledger.facts),
    openEnds: ledger.hasOpenEnds,
    catalog: ledger.catalog,
    updatedAt: now,
  }
  return ledger.version === 0
    ? { insertOne: { document: row } }
    : { replaceOne: { filter: { _id: row._id, v: ledger.version }, replacement: row } }
}
