import { type CollectionSpec, delay, isDuplicateKey, KeyflowError, type Store } from '@keyflow/runtime'
import type { Collection } from 'mongodb'

interface TurnRow {
  /** License. */
  _id: string
  owner: string
  until: Date
}

export const LICENSE_TURNS: CollectionSpec = { name: 'license_turns' }

/** A process that dies while it has its turn delays the next one by this. */
const TURN_MS = 10_000
const PATIENCE_MS = 15_000

/**
 * Lets the writers of one license work one after the other, in all processes: what was read at the beginning of a turn
 * still holds when its decision is folded.
 */
export const inLicenseTurn = async <R>(
  store: Store,
  licenseId: string,
  owner: string,
  work: () => Promise<R>,
): Promise<R> => {
  await takeTurn(store, licenseId, owner)
  try {
    return await work()
  } finally {
    await turnsOf(store)
      .deleteOne({ _id: licenseId, owner })
      .catch(() => {})
  }
}

const turnsOf = (store: Store) => store.db.collection<TurnRow>(LICENSE_TURNS.name)

const takeTurn = async (store: Store, licenseId: string, owner: string): Promise<void> => {
  const deadline = performance.now() + PATIENCE_MS
  while (performance.now() < deadline) {
    if (await isTaken(turnsOf(store), licenseId, owner)) return
    await delay(5 + Math.random() * 20)
  }
  throw new KeyflowError('transient', 'LICENSE_BUSY', 'others write the same license')
}

/** By the server's clock, so that processes need not agree on the time. */
const isTaken = async (turns: Collection<TurnRow>, licenseId: string, owner: string): Promise<boolean> => {
  const taken = await turns.updateOne({ _id: licenseId, $expr: { $lt: ['$until', '$$NOW'] } }, [
    { $set: { owner, until: { $add: ['$$NOW', TURN_MS] } } },
  ])
  if (taken.matchedCount === 1) return true
  await turns.insertOne({ _id: licenseId, owner: '', until: new Date(0) }).catch((error: unknown) => {
    if (!isDuplicateKey(error)) throw error
  })
  return false
}
