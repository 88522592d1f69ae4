import type { Store } from '../mongo/client.ts'
import { OUTBOX } from '../outbox/outbox.ts'
import type { StoredBacklog } from './backlog-metrics.ts'
import { DEAD_LETTERS, type DeadLetterRow } from './dead-letters.ts'

/** Beyond this a queue is long, and counting on would cost more than it says. */
const COUNT_UP_TO = 10_000

/** Reads first entries of indexes only. */
export const readStoredBacklog = async (store: Store, now: Date): Promise<StoredBacklog> => {
  const outbox = store.db.collection<{ at: Date }>(OUTBOX.name)
  const letters = store.db.collection<DeadLetterRow>(DEAD_LETTERS.name)
  const open = { state: 'open' } as const
  const [outboxRows, oldestRow, openLetters, oldestLetter] = await Promise.all([
    outbox.estimatedDocumentCount(),
    outbox.findOne({}, { sort: { at: 1 }, projection: { at: 1 } }),
    letters.countDocuments(open, { limit: COUNT_UP_TO }),
    letters.findOne(open, { sort: { at: 1 }, projection: { at: 1 } }),
  ])
  const ageOf = (row: { readonly at: Date } | null): number =>
    row === null ? 0 : Math.max(0, now.getTime() - row.at.getTime()) / 1000
  return {
    outboxRows,
    outboxOldestSeconds: ageOf(oldestRow),
    openLetters,
    oldestLetterSeconds: ageOf(oldestLetter),
  }
}
