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
): Promise<Map<string, string>> => {
  const found = await claimsOf(store)
    .find(
      { _id: { $in: [...ids] } },
      { projection: { origin: 1 }, ...(session === undefined ? {} : { session }) },
    )
    .toArray()
  return new Map(found.map((claim) => [claim._id, claim.origin]))
}

export const insertClaims = async (
  store: Store,
  session: ClientSession,
  claims: readonly { readonly id: string; readonly origin: string }[],
  at: Date,
): Promise<void> => {
  if (claims.length === 0) return
  await claimsOf(store).insertMany(
    claims.map(({ id, origin }) => ({ _id: id, at, origin })),
    { session },
  )
}

/** A claim of a record that was given up passes to the record that took its place. */
export const passClaims = async (
  store: Store,
  session: ClientSession,
  claims: readonly { readonly id: string; readonly origin: string }[],
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
