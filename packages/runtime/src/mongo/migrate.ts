import { isDeepStrictEqual } from 'node:util'
import { type CollectionInfo, type Document, type IndexDescription, MongoServerError } from 'mongodb'
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

/**
 * A process that is killed while it migrates delays the others by this. One that takes longer is overtaken, which does
 * no harm: every step may be done twice, also at the same time.
 */
const LOCK_TTL_MS = 15_000
const LOCK_WAIT_MS = 4 * LOCK_TTL_MS

/**
 * Creates collections, validators and indexes before traffic (inside a transaction their creation would conflict).
 * Safe to run from any number of replicas at once: one works under a lock on server time, the others wait for it.
 * What is as it should be is not touched: to change a validator locks the collection, and waits for the transactions of
 * replicas that are running.
 */
export const migrate = async (
  store: Store,
  specs: readonly CollectionSpec[],
  owner: string,
): Promise<void> => {
  await acquireLock(store, owner)
  try {
    const found = await store.db.listCollections<CollectionInfo>({}, { nameOnly: false }).toArray()
    const existing = new Map(found.map(({ name, options }) => [name, options?.validator ?? {}]))
    for (const spec of specs) await applySpec(store, spec, existing.get(spec.name))
  } finally {
    await store.db
      .collection<Lock>('locks')
      .updateOne({ _id: LOCK_ID, owner }, { $set: { until: new Date(0) } })
  }
}

const applySpec = async (
  store: Store,
  spec: CollectionSpec,
  existing: Document | undefined,
): Promise<void> => {
  const validator: Document = spec.schema === undefined ? {} : { $jsonSchema: spec.schema }
  const options = { validator, validationLevel: 'moderate' } as const
  if (existing === undefined)
    await store.db.createCollection(spec.name, options).catch((error: unknown) => {
      if (!isAlreadyThere(error)) throw error
    })
  else if (!isDeepStrictEqual(existing, validator)) await store.db.command({ collMod: spec.name, ...options })
  if (spec.indexes !== undefined && spec.indexes.length > 0)
    await store.db.collection(spec.name).createIndexes([...spec.indexes])
}

const NAMESPACE_EXISTS = 48
const isAlreadyThere = (error: unknown): boolean =>
  error instanceof MongoServerError && error.code === NAMESPACE_EXISTS

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
  const deadline = performance.now() + LOCK_WAIT_MS
  while (performance.now() < deadline) {
    const held = await locks.findOneAndUpdate({ _id: LOCK_ID, $expr: { $lt: ['$until', '$$NOW'] } }, [
      { $set: { owner, until: { $add: ['$$NOW', LOCK_TTL_MS] } } },
    ])
    if (held !== null) return
    await delay(100)
  }
  throw new KeyflowError('transient', 'MIGRATION_LOCK', 'another process holds the migration lock')
}
