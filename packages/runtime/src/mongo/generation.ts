import type { ClientSession } from 'mongodb'
import { KeyflowError } from '../errors/classify.ts'
import type { Store } from './client.ts'
import type { CollectionSpec } from './migrate.ts'

/**
 * What a database says of itself. Offsets and state belong together: each database names the consumer group whose offsets
 * say how far it has been folded, so that neither can be used with the other's.
 */
export interface Generation {
  /** `building`: a rebuild folds into it. `retired`: another one has taken its place, or is about to. */
  readonly state: 'building' | 'live' | 'retired'
  /** Consumer group; null = the service's ordinary one. */
  readonly group: string | null
  /** The database that took its place. */
  readonly next: string | null
  /** Nobody is written to about anything older: it happened before the database was begun anew. */
  readonly quietBefore?: Date | null
}

interface GenerationRow extends Generation {
  _id: 'self'
}

export const GENERATION: CollectionSpec = { name: 'generation' }

const rowsOf = (store: Store) => store.db.collection<GenerationRow>(GENERATION.name)

export const readGeneration = async (store: Store, session?: ClientSession): Promise<Generation | null> => {
  const row = await rowsOf(store).findOne({ _id: 'self' }, session === undefined ? {} : { session })
  if (row === null) return null
  return { state: row.state, group: row.group, next: row.next, quietBefore: row.quietBefore ?? null }
}

export const writeGeneration = async (store: Store, generation: Generation): Promise<void> => {
  await rowsOf(store).replaceOne({ _id: 'self' }, generation, { upsert: true })
}

/** The database that is in force: a retired one leads to what took its place. Throws while that is not decided. */
export const followGenerations = async (
  store: Store,
): Promise<{ readonly store: Store; readonly generation: Generation | null }> => {
  let at = store
  for (;;) {
    const generation = await readGeneration(at)
    if (generation?.state === 'building')
      throw new KeyflowError('transient', 'DATABASE_BUILDING', 'the database is being rebuilt')
    if (generation?.state !== 'retired') return { store: at, generation }
    if (generation.next === null)
      throw new KeyflowError('transient', 'DATABASE_RETIRED', 'the database is about to be replaced')
    at = { client: store.client, db: store.client.db(generation.next) }
  }
}

/**
 * Inside of every transaction of a consumer: a database that was wiped under a running service, or replaced, must not be
 * folded into. Waiting is right: a rebuild is what ends it.
 */
export const assertLive = async (store: Store, session: ClientSession): Promise<void> => {
  const generation = await readGeneration(store, session)
  if (generation === null)
    throw new KeyflowError(
      'transient',
      'DATABASE_LOST',
      'the database is not the one that it was: rebuild it',
    )
  if (generation.state !== 'live')
    throw new KeyflowError('transient', 'DATABASE_RETIRED', 'another database takes the place of this one')
}

/**
 * Claims a database for a service that is about to consume. One without a word of itself is new, or older than this
 * mechanism; but one that is empty while its group has read records before has lost what it knew.
 */
export const claimDatabase = async (store: Store, hasReadBefore: () => Promise<boolean>): Promise<void> => {
  if ((await readGeneration(store)) !== null) return
  const isEmpty = (await store.db.collection('idempotency').findOne({}, { projection: { _id: 1 } })) === null
  if (isEmpty && (await hasReadBefore()))
    throw new KeyflowError(
      'transient',
      'DATABASE_LOST',
      'the database is empty, but its records have been read before: run keyflow rebuild',
    )
  await rowsOf(store).updateOne(
    { _id: 'self' },
    { $setOnInsert: { state: 'live', group: null, next: null } },
    { upsert: true },
  )
}
