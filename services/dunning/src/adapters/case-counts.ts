import type { Store } from '@keyflow/runtime'
import type { Level } from '../domain/case-file.ts'
import type { CaseStatus } from '../domain/standing.ts'
import { CASES, type CaseRow } from './case-store.ts'

export interface CaseCounts {
  readonly byStatus: ReadonlyMap<CaseStatus, number>
  readonly openByLevel: ReadonlyMap<Level, number>
  /** Restrictions and restores that licensing has not acknowledged for a minute. */
  readonly unacknowledged: number
  /** Cases that are paid, and licenses that licensing still restricts as far as it has said. */
  readonly paidButRestricted: number
}

const LATE_MS = 60_000

export const countCases = async (store: Store, now: Date): Promise<CaseCounts> => {
  const rows = store.db.collection<CaseRow>(CASES.name)
  const groups = await rows
    .aggregate<{ _id: { status: CaseStatus; level: Level }; count: number }>([
      { $match: { 'record.state': { $ne: null } } },
      {
        $group: {
          _id: { status: '$record.state.status', level: '$record.state.level' },
          count: { $sum: 1 },
        },
      },
    ])
    .toArray()
  const byStatus = new Map<CaseStatus, number>()
  const openByLevel = new Map<Level, number>()
  for (const { _id, count } of groups) {
    byStatus.set(_id.status, (byStatus.get(_id.status) ?? 0) + count)
    if (_id.status === 'open') openByLevel.set(_id.level, (openByLevel.get(_id.level) ?? 0) + count)
  }
  const unacknowledged = await rows.countDocuments(unacknowledgedSince(new Date(now.getTime() - LATE_MS)))
  return { byStatus, openByLevel, unacknowledged, paidButRestricted: await findPaidButRestricted(store) }
}

/** How many cases are paid whose licenses, as far as licensing has said, are restricted still. */
export const findPaidButRestricted = (store: Store): Promise<number> =>
  store.db.collection<CaseRow>(CASES.name).countDocuments({
    'record.state.status': 'recovered',
    'record.applied.level': { $in: ['downgraded', 'suspended'] },
  })

/** Ids of cases whose restriction was said before then and is not acknowledged; the oldest first. */
export const findUnacknowledged = async (
  store: Store,
  before: Date,
  limit: number,
): Promise<readonly string[]> => {
  const rows = await store.db
    .collection<CaseRow>(CASES.name)
    .find(unacknowledgedSince(before), { projection: { _id: 1 } })
    .sort({ 'record.wanted.at': 1 })
    .limit(limit)
    .toArray()
  return rows.map(({ _id }) => _id)
}

/** A restriction was said, at the latest then, and licensing has not answered with this fence or a later one. */
const unacknowledgedSince = (latest: Date) => ({
  'record.wanted.at': { $lt: latest.getTime() },
  $expr: { $lt: [{ $ifNull: ['$record.applied.seq', 0] }, '$record.wanted.seq'] },
})
