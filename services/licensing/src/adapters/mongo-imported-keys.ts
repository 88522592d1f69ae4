import { type CollectionSpec, isDuplicateKey, type Store } from '@keyflow/runtime'
import { LICENSES, ofKeys } from './mongo-licenses.ts'

interface ReservationRow {
  /** Keyed hash. */
  _id: string
  licenseId: string
}

/** Which license brings along which key: decided before the decision is in the log, where two could not be told apart. */
export const IMPORTED_KEYS: CollectionSpec = { name: 'imported_keys' }

/** Resolves with false when the key is another license's. */
export const reserveImportedKey = async (store: Store, hash: string, licenseId: string): Promise<boolean> => {
  const reservations = store.db.collection<ReservationRow>(IMPORTED_KEYS.name)
  const licenses = store.db.collection<{ _id: string }>(LICENSES.name)
  const owner = await licenses.findOne(ofKeys([hash]), { projection: { _id: 1 } })
  if (owner !== null && owner._id !== licenseId) return false
  try {
    await reservations.insertOne({ _id: hash, licenseId })
    return true
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    return (await reservations.findOne({ _id: hash }))?.licenseId === licenseId
  }
}
