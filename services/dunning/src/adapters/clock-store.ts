import type { CollectionSpec, Store, Transaction } from '@keyflow/runtime'

/** Test clocks of Stripe, as far as they are known to have come. */
interface ClockRow {
  /** Scoped id of the clock. */
  _id: string
  now: Date
}

export const CLOCKS: CollectionSpec = { name: 'clocks' }

/** Moves clocks forward; they never go back. Unix milliseconds. */
export const advanceClocks = async (
  { store, session }: Transaction,
  clocks: ReadonlyMap<string, number>,
): Promise<void> => {
  if (clocks.size === 0) return
  await store.db.collection<ClockRow>(CLOCKS.name).bulkWrite(
    [...clocks].map(([id, at]) => ({
      updateOne: { filter: { _id: id }, update: { $max: { now: new Date(at) } }, upsert: true },
    })),
    { session, ordered: false },
  )
}

/** Times of the given clocks, unix milliseconds. */
export const readClocks = async (
  { store, session }: Transaction,
  ids: readonly string[],
): Promise<ReadonlyMap<string, number>> => {
  if (ids.length === 0) return new Map()
  const rows = await store.db
    .collection<ClockRow>(CLOCKS.name)
    .find({ _id: { $in: [...ids] } }, { session })
    .toArray()
  return new Map(rows.map(({ _id, now }) => [_id, now.getTime()]))
}

/** Every clock that is known. */
export const listClocks = async (
  store: Store,
): Promise<readonly { readonly id: string; readonly now: Date }[]> => {
  const rows = await store.db.collection<ClockRow>(CLOCKS.name).find().toArray()
  return rows.map(({ _id, now }) => ({ id: _id, now }))
}
