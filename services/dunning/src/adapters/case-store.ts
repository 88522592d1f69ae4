import type { CollectionSpec, Store, Transaction } from '@keyflow/runtime'
import type { Collection } from 'mongodb'
import type { CaseRecord } from '../domain/advance-case.ts'
import type { CaseStatus } from '../domain/derive-case.ts'

export interface CaseRow extends CaseRecord {
  /** Scoped id of the subscription. */
  _id: string
  schemaVersion: 1
  updatedAt: Date
}

export const CASES: CollectionSpec = {
  name: 'cases',
  indexes: [
    { key: { 'state.status': 1, 'state.anchorAt': 1 }, name: 'status' },
    { key: { 'facts.subscription': 1 }, name: 'subscription' },
  ],
  schema: {
    bsonType: 'object',
    required: ['_id', 'schemaVersion', 'facts', 'announced', 'seq', 'state', 'updatedAt'],
    properties: { facts: { bsonType: 'object' }, updatedAt: { bsonType: 'date' } },
  },
}

const rowsOf = (store: Store): Collection<CaseRow> => store.db.collection<CaseRow>(CASES.name)

export const loadCases = async (
  { store, session }: Transaction,
  ids: readonly string[],
): Promise<Map<string, CaseRecord>> => {
  const rows = await rowsOf(store)
    .find({ _id: { $in: [...ids] } }, { session })
    .toArray()
  return new Map(rows.map((row) => [row._id, row]))
}

export const saveCases = async (
  { store, session, now }: Transaction,
  cases: readonly CaseRecord[],
): Promise<void> => {
  if (cases.length === 0) return
  await rowsOf(store).bulkWrite(
    cases.map(({ facts, announced, seq, state }) => ({
      replaceOne: {
        filter: { _id: facts.id },
        replacement: { schemaVersion: 1 as const, facts, announced, seq, state, updatedAt: now },
        upsert: true,
      },
    })),
    { session },
  )
}

/** Oldest debt first; subscriptions of which nothing ever failed are no cases. */
export const listCases = (store: Store, status: CaseStatus | undefined, limit: number): Promise<CaseRow[]> =>
  rowsOf(store)
    .find(status === undefined ? { state: { $ne: null } } : { 'state.status': status })
    .sort({ 'state.anchorAt': 1, _id: 1 })
    .limit(limit)
    .toArray()

/** Cases of a subscription: one in each scope that knows its id. */
export const findCases = (store: Store, subscription: string): Promise<CaseRow[]> =>
  rowsOf(store)
    .find({ 'facts.subscription': subscription, state: { $ne: null } })
    .sort({ _id: 1 })
    .toArray()

export const countCases = async (store: Store): Promise<ReadonlyMap<CaseStatus, number>> => {
  const groups = await rowsOf(store)
    .aggregate<{ _id: CaseStatus; count: number }>([
      { $match: { state: { $ne: null } } },
      { $group: { _id: '$state.status', count: { $sum: 1 } } },
    ])
    .toArray()
  return new Map(groups.map(({ _id, count }) => [_id, count]))
}
