import type { Document, IndexDescription } from 'mongodb'
import { delay } from '../errors/backoff.ts'
import { KeyflowError } from '../errors/classify.ts'
import type { Store } from './client.ts'
import { isDuplicateKey } from './transaction.ts'

/** What a collection must look like: the migration makes it so, as often as it is run. */
export interface CollectionSpec {
  readonly name: string
  readonly indexes?: readonly IndexDescription[]
  /** `$jsonSchema` of every document. */
  readonly schema?: Document
}

const LOCK_ID = 'migration'
const LOCK_TTL_MS = 60_000

/**
 * Creates collections, validators and indexes before traffic (inside a transaction their creation would conflict).
 * Safe to run from any number of replicas at once: one works under a lock on server time, the others wait for it.
 */
export const migrate = async (
  store: Store,
  specs: readonly CollectionSpec[],
  owner: string,
): Promise<void> => {
  await acquireLock(store, owner)
  try {
    const existing = new Set(
      (await store.db.listCollections({}, { nameOnly: true }).toArray()).map((c) => c.name),
    )
    for (const spec of specs) await applySpec(store, spec, existing.has(spec.name))
  } finally {
    await store.db
      .collection<Lock>('locks')
      .updateOne({ _id: LOCK_ID, owner }, { $set: { until: new Date(0) } })
  }
}

const applySpec = async (store: Store, spec: CollectionSpec, exists: boolean): Promise<void> => {
  const validator = spec.schema === undefined ? {} : { $jsonSchema: spec.schema }
  if (!exists) await store.db.createCollection(spec.name, { validator, validationLevel: 'moderate' })
  else await store.db.command({ collMod: spec.name, validator, validationLevel: 'moderate' })
  if (spec.indexes !== undefined && spec.indexes.length > 0)
    await store.db.collection(spec.name).createIndexes([...spec.indexes])
}

interface Lock {
  _id: string
  owner: string
  until: Date
}

const acquireLock = async (store: Store, owner: string): Promise<void> => {
  const locks = store.db.collection<Lock>('locks')
  await locks.insertOne({ _id: LOCK_ID, owner: '', until: new Date(0) }).catch((error: unknown) => {
    if (!isDuplicateKey(error)) throw error
  })
  const deadline = Date.now() + 2 * LOCK_TTL_MS
  while (Date.now() < deadline) {
    const held = await locks.findOneAndUpdate({ _id: LOCK_ID, $expr: { $lt: ['$until', '$$NOW'] } }, [
      { $set: { owner, until: { $add: ['$$NOW', LOCK_TTL_MS] } } },
    ])
    if (held !== null) return
    await delay(100)
  }
  throw new KeyflowError('transient', 'MIGRATION_LOCK', 'another process holds the migration lock')
}
