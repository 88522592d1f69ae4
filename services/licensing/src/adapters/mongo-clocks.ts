import { type Scope, scopedId } from '@keyflow/contracts'
import type { CollectionSpec, Transaction } from '@keyflow/runtime'
import type { OwnClock } from '../domain/own-time.ts'
import { LICENSES } from './mongo-licenses.ts'

/** How far each of Stripe's test clocks has come, as far as is known. */
interface ClockRow {
  /** Scoped id. */
  _id: string
  /** Unix seconds on that clock; absent while it is only known by name. */
  now?: number
  /** Raised by every transaction that relies on `now`. */
  reads: number
}

export interface ClockMove {
  readonly scope: Scope
  readonly clock: string
  /** Unix seconds on that clock. */
  readonly at: number
}

export const CLOCKS: CollectionSpec = { name: 'clocks' }

/**
 * Times of the given clocks by scoped id; absent = not known. A transaction that writes what it derives from them conflicts
 * with one that moves them, and starts over.
 */
export const holdClocks = async (
  { store, session }: Transaction,
  ids: readonly string[],
): Promise<ReadonlyMap<string, number>> => {
  const rows = store.db.collection<ClockRow>(CLOCKS.name)
  const times = new Map<string, number>()
  for (const id of [...new Set(ids)].sort()) {
    const row = await rows.findOneAndUpdate(
      { _id: id },
      { $inc: { reads: 1 } },
      { session, upsert: true, returnDocument: 'after' },
    )
    if (row?.now !== undefined) times.set(id, row.now)
  }
  return times
}

/** Moves clocks, and the licenses that live on them, forward; never back. */
export const moveClocks = async (tx: Transaction, moves: readonly ClockMove[]): Promise<void> => {
  const { store, session } = tx
  const clocks = store.db.collection<ClockRow>(CLOCKS.name)
  const licenses = store.db.collection<{ clock: OwnClock | null }>(LICENSES.name)
  for (const { scope, clock, at } of moves) {
    const _id = scopedId(scope, clock)
    await clocks.updateOne(
      { _id },
      { $max: { now: at }, $setOnInsert: { reads: 0 } },
      { session, upsert: true },
    )
    await licenses.updateMany(
      { 'clock.id': clock, 'scope.account': scope.account, 'scope.livemode': false },
      { $max: { 'clock.now': at } },
      { session },
    )
  }
}
