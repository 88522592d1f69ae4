import type { ClientSession, Collection } from 'mongodb'
import type { Store } from '../mongo/client.ts'
import type { CollectionSpec } from '../mongo/migrate.ts'

/**
 * Longer than every way an event can come back: Stripe retries for 3 days and resends for 30, topics keep 35 days.
 * The TTL monitor deletes late and lazily, so nothing may depend on a claim being gone.
 */
export const CLAIM_TTL_DAYS = 90

interface Claim {
  _id: string
  at: Date
  /** Where the record that claimed it lies: `<topic>/<partition>/<offset>`. */
  origin: string
  /** Ingest's endpoint that accepted it; absent for what came no such way. */
  endpoint?: string
}

/** What is known of the record that claimed an id. */
export type Claimed = Pick<Claim, 'origin' | 'endpoint'>

/** A claim to be made. */
export interface NewClaim {
  readonly id: string
  readonly origin: string
  readonly endpoint: string | undefined
}

export const CLAIMS: CollectionSpec = {
  name: 'idempotency',
  indexes: [{ key: { at: 1 }, name: 'ttl', expireAfterSeconds: CLAIM_TTL_DAYS * 86_400 }],
  schema: {
    bsonType: 'object',
    required: ['_id', 'at', 'origin'],
    properties: { _id: { bsonType: 'string' }, at: { bsonType: 'date' }, origin: { bsonType: 'string' } },
  },
}

const claimsOf = (store: Store): Collection<Claim> => store.db.collection<Claim>(CLAIMS.name)

/** Which of the ids have been processed. Read first: a duplicate key inside a transaction aborts it on the server. */
export const findClaimed = async (
  store: Store,
  session: ClientSession | undefined,
  ids: readonly string[],
): Promise<Map<string, Claimed>> => {
  const found = await claimsOf(store)
    .find(
      { _id: { $in: [...ids] } },
      { projection: { origin: 1, endpoint: 1 }, ...(session === undefined ? {} : { session }) },
    )
    .toArray()
  return new Map(found.map(({ _id, ...claimed }) => [_id, claimed]))
}

export const insertClaims = async (
  store: Store,
  session: ClientSession,
  claims: readonly NewClaim[],
  at: Date,
): Promise<void> => {
  if (claims.length === 0) return
  await claimsOf(store).insertMany(
    claims.map(({ id, origin, endpoint }) => ({
      _id: id,
      at,
      origin,
      ...(endpoint === undefined ? {} : { endpoint }),
    })),
    { session },
  )
}

/** A claim of a record that was given up passes to the record that took its place. */
export const passClaims = async (
  store: Store,
  session: ClientSession,
  claims: readonly NewClaim[],
  at: Date,
): Promise<void> => {
  if (claims.length === 0) return
  await claimsOf(store).bulkWrite(
    claims.map(({ id, origin }) => ({
      updateOne: { filter: { _id: id }, update: { $set: { origin, at } } },
    })),
    { session },
  )
}
