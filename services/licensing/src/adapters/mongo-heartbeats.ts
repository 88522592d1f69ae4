import type { CollectionSpec, Store } from '@keyflow/runtime'
import type { Place } from '../domain/activations.ts'

interface HeartbeatRow {
  /** `<license>:<kind>:<value>`. */
  _id: string
  at: Date
}

/** Longest silence that a catalog may allow. Seconds. */
const LONGEST_SILENCE = 31 * 86_400

/** Last signs of life of activations. Not in the log: a rebuild takes them over. */
export const HEARTBEATS: CollectionSpec = {
  name: 'heartbeats',
  indexes: [{ key: { at: 1 }, name: 'while_it_matters', expireAfterSeconds: 2 * LONGEST_SILENCE }],
}

const rowsOf = (store: Store) => store.db.collection<HeartbeatRow>(HEARTBEATS.name)
const idOf = (licenseId: string, { kind, value }: Place): string => `${licenseId}:${kind}:${value}`

export const writeHeartbeat = async (
  store: Store,
  licenseId: string,
  place: Place,
  at: Date,
): Promise<void> => {
  await rowsOf(store).updateOne(
    { _id: idOf(licenseId, place) },
    { $max: { at } },
    { upsert: true, writeConcern: { w: 1 } },
  )
}

/** Unix seconds; null = none yet. */
export const findHeartbeat = async (
  store: Store,
  licenseId: string,
  place: Place,
): Promise<number | null> => {
  const row = await rowsOf(store).findOne({ _id: idOf(licenseId, place) }, { timeoutMS: 2000 })
  return row === null ? null : Math.floor(row.at.getTime() / 1000)
}
