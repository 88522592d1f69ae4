import { createHash } from 'node:crypto'
import { canonical } from '@keyflow/contracts'
import type { Store } from '@keyflow/runtime'
import type { CaseRow } from './case-store.ts'

/** What two databases that were built from the same log must agree on. */
export interface CaseDigest {
  /** SHA-256 of what is known of every case, what was decided, asked for and said. */
  readonly state: string
  readonly cases: number
}

export const digestCases = async (store: Store): Promise<CaseDigest> => {
  const hash = createHash('sha256')
  let cases = 0
  for await (const row of casesOf(store)) {
    hash.update(stateOf(row))
    cases += 1
  }
  return { state: hash.digest('hex'), cases }
}

/** Ids of cases of which two databases differ; at most `limit`. */
export const findDifferentCases = async (a: Store, b: Store, limit: number): Promise<readonly string[]> => {
  const states = new Map<string, string>()
  for await (const row of casesOf(a)) states.set(row._id, stateOf(row))
  const different: string[] = []
  for await (const row of casesOf(b)) {
    if (states.get(row._id) !== stateOf(row)) different.push(row._id)
    states.delete(row._id)
  }
  return [...different, ...states.keys()].sort().slice(0, limit)
}

/** Subscriptions of which nothing ever failed are no cases. */
const casesOf = (store: Store): AsyncIterable<CaseRow> =>
  store.db
    .collection<CaseRow>('cases')
    .find({ $or: [{ 'record.state': { $ne: null } }, { 'record.seq': { $gt: 0 } }] })
    .sort({ _id: 1 })

/** Left out: when what was done was looked at, and what licensing answered, which is asked for again. */
const stateOf = ({ _id, record: { facts, decisions, notices, announced, seq } }: CaseRow): string =>
  canonical([_id, facts, decisions, notices, announced, seq])
