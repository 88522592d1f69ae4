import type { ApiKeyMode } from '@keyflow/contracts'
import { type CollectionSpec, isDuplicateKey, type Store } from '@keyflow/runtime'
import type { ApiKey } from '../domain/api-key.ts'

type ApiKeyRow = Omit<ApiKey, 'id'> & { _id: string; hash: string }

export const API_KEYS: CollectionSpec = {
  name: 'api_keys',
  indexes: [{ key: { hash: 1 }, name: 'by_hash', unique: true }],
}

const rowsOf = (store: Store) => store.db.collection<ApiKeyRow>(API_KEYS.name)

const fromRow = ({ _id, hash: _h, ...rest }: ApiKeyRow): ApiKey => ({ id: _id, ...rest })

export const findApiKeyByHash = async (store: Store, hash: string): Promise<ApiKey | null> => {
  const row = await rowsOf(store).findOne({ hash })
  return row === null ? null : fromRow(row)
}

/** Resolves with false when a key has this id already. */
export const insertApiKey = async (store: Store, { id, ...rest }: ApiKey, hash: string): Promise<boolean> => {
  try {
    await rowsOf(store).insertOne({ _id: id, ...rest, hash })
    return true
  } catch (error) {
    if (isDuplicateKey(error)) return false
    throw error
  }
}

/** Instead of whatever has the id. */
export const putApiKey = async (store: Store, { id, ...rest }: ApiKey, hash: string): Promise<void> => {
  await rowsOf(store).replaceOne({ _id: id }, { ...rest, hash }, { upsert: true })
}

export const hasApiKeys = async (store: Store): Promise<boolean> =>
  (await rowsOf(store).findOne({}, { projection: { _id: 1 } })) !== null

/** Newest first; revoked keys included. */
export const listApiKeys = async (store: Store, modes: readonly ApiKeyMode[]): Promise<readonly ApiKey[]> => {
  const rows = rowsOf(store).find({ mode: { $in: [...modes] } })
  return (await rows.sort({ createdAt: -1, _id: 1 }).limit(1000).toArray()).map(fromRow)
}

/** Revoking twice changes nothing. null when no key of these modes has the id. */
export const revokeApiKey = async (
  store: Store,
  id: string,
  modes: readonly ApiKeyMode[],
  now: Date,
): Promise<ApiKey | null> => {
  const row = await rowsOf(store).findOneAndUpdate(
    { _id: id, mode: { $in: [...modes] } },
    [{ $set: { revokedAt: { $ifNull: ['$revokedAt', now] } } }],
    { returnDocument: 'after' },
  )
  return row === null ? null : fromRow(row)
}

const PRECISION_MS = 60_000

/** To the minute, so that a busy key costs no write at each request. */
export const touchApiKey = async (store: Store, { id, lastUsedAt }: ApiKey, now: Date): Promise<void> => {
  if (lastUsedAt !== null && now.getTime() - lastUsedAt.getTime() < PRECISION_MS) return
  await rowsOf(store).updateOne({ _id: id }, { $max: { lastUsedAt: now } })
}
