import { scopedId } from '@keyflow/contracts'
import type { CollectionSpec, Store, Transaction } from '@keyflow/runtime'
import type { AnyBulkWriteOperation, Collection, Filter } from 'mongodb'
import type { CaseRecord } from '../domain/case-record.ts'
import { type CaseStatus, customerIn } from '../domain/standing.ts'
import { readCursor, writeCursor } from './page-cursor.ts'

export interface CaseRow {
  /** Scoped id of the subscription. */
  _id: string
  schemaVersion: 2
  /** Optimistic version: 1 when it is first written. */
  v: number
  /** Scoped id of the customer, or of the subscription while no customer is known. */
  customer: string
  record: CaseRecord
  updatedAt: Date
}

/** A case with the version that it was read at; 0 = not stored yet. */
export interface VersionedCase {
  readonly record: CaseRecord
  readonly version: number
}

export const CASES: CollectionSpec = {
  name: 'cases',
  indexes: [
    { key: { 'record.state.status': 1, 'record.state.anchorAt': 1 }, name: 'status' },
    { key: { 'record.facts.subscription': 1 }, name: 'subscription' },
    { key: { customer: 1 }, name: 'customer' },
    { key: { 'record.wanted.at': 1 }, name: 'wanted', sparse: true },
  ],
  schema: {
    bsonType: 'object',
    required: ['_id', 'schemaVersion', 'v', 'customer', 'record', 'updatedAt'],
    properties: { record: { bsonType: 'object' }, updatedAt: { bsonType: 'date' } },
  },
}

const rowsOf = (store: Store): Collection<CaseRow> => store.db.collection<CaseRow>(CASES.name)

/** Whose case it is: the customer that is written to, and by whom cases are taken in hand. */
export const customerKeyOf = ({ facts }: CaseRecord): string =>
  scopedId(facts.scope, customerIn(facts) ?? facts.subscription)

export const loadCases = async (
  { store, session }: Transaction,
  ids: readonly string[],
): Promise<Map<string, VersionedCase>> => {
  const rows = await rowsOf(store)
    .find({ _id: { $in: [...ids] } }, { session })
    .toArray()
  return new Map(rows.map((row) => [row._id, { record: row.record, version: row.v }]))
}

/** All cases of these customers in which anything ever failed. Without a session outside of a transaction. */
export const loadCasesOfCustomers = async (
  store: Store,
  session: Transaction['session'] | undefined,
  customers: readonly string[],
): Promise<readonly (VersionedCase & { readonly customer: string })[]> => {
  const rows = await rowsOf(store)
    .find(
      { customer: { $in: [...customers] }, 'record.state': { $ne: null } },
      session === undefined ? {} : { session },
    )
    .sort({ _id: 1 })
    .toArray()
  return rows.map((row) => ({ record: row.record, version: row.v, customer: row.customer }))
}

/** Throws when one of them was written since it was read. */
export const saveCases = async (
  { store, session, now }: Transaction,
  cases: readonly VersionedCase[],
): Promise<void> => {
  if (cases.length === 0) return
  const result = await rowsOf(store).bulkWrite(
    cases.map((one) => toWrite(one, now)),
    { session, ordered: false },
  )
  if (result.insertedCount + result.matchedCount !== cases.length)
    throw new Error('a case changed while its transaction ran')
}

const toWrite = ({ record, version }: VersionedCase, now: Date): AnyBulkWriteOperation<CaseRow> => {
  const row: CaseRow = {
    _id: record.facts.id,
    schemaVersion: 2,
    v: version + 1,
    customer: customerKeyOf(record),
    record,
    updatedAt: now,
  }
  return version === 0
    ? { insertOne: { document: row } }
    : { replaceOne: { filter: { _id: row._id, v: version }, replacement: row } }
}

export interface CaseFilter {
  readonly status?: CaseStatus
  readonly level?: 'none' | 'downgraded' | 'suspended'
  /** Id of a policy. */
  readonly policy?: string
  readonly customer?: string
  readonly livemode?: boolean
}

export interface CasePage {
  readonly rows: readonly CaseRow[]
  /** Where the next page begins; null after the last one. */
  readonly nextCursor: string | null
}

/**
 * Oldest debt first, and what is settled before that; subscriptions of which nothing ever failed are no cases. Throws an
 * `invalid` KeyflowError for a cursor that was not given out here.
 */
export const listCases = async (
  store: Store,
  filter: CaseFilter,
  cursor: string | undefined,
  limit: number,
): Promise<CasePage> => {
  const { status, level, policy, customer, livemode } = filter
  const rows = await rowsOf(store)
    .find({
      'record.state': { $ne: null },
      ...(status === undefined ? {} : { 'record.state.status': status }),
      ...(level === undefined ? {} : { 'record.state.level': level }),
      ...(policy === undefined ? {} : { 'record.pinned.id': policy }),
      ...(customer === undefined ? {} : { 'record.state.customer': customer }),
      ...(livemode === undefined ? {} : { 'record.facts.scope.livemode': livemode }),
      ...(cursor === undefined ? {} : after(cursor)),
    })
    .sort({ 'record.state.anchorAt': 1, _id: 1 })
    .limit(limit + 1)
    .toArray()
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return { rows: page, nextCursor: last === undefined || rows.length <= limit ? null : cursorOf(last) }
}

const cursorOf = ({ _id, record }: CaseRow): string => writeCursor([record.state?.anchorAt ?? null, _id])

/** MongoDB sorts null before every number. */
const after = (cursor: string): Filter<CaseRow> => {
  const [at, id] = readCursor(cursor)
  const field = 'record.state.anchorAt'
  return at === null
    ? { $or: [{ [field]: null, _id: { $gt: id } }, { [field]: { $ne: null } }] }
    : { $or: [{ [field]: { $gt: at } }, { [field]: at, _id: { $gt: id } }] }
}

/** One case by its id, if anything of it ever failed. */
export const findCase = (store: Store, id: string): Promise<CaseRow | null> =>
  rowsOf(store).findOne({ _id: id, 'record.state': { $ne: null } })

/** Every case, customer by customer. */
export const allCases = (store: Store): AsyncIterable<CaseRow> =>
  rowsOf(store)
    .find({ 'record.state': { $ne: null } })
    .sort({ customer: 1, _id: 1 })

/** By the id of a case, or of its subscription: that is one case in each scope that knows it. */
export const findCases = (store: Store, id: string): Promise<CaseRow[]> =>
  rowsOf(store)
    .find({ $or: [{ _id: id }, { 'record.facts.subscription': id }], 'record.state': { $ne: null } })
    .sort({ _id: 1 })
    .toArray()
