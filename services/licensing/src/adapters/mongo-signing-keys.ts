import type { PublicSigningKey, SigningKeyState } from '@keyflow/client/protocol'
import { type CollectionSpec, inTransaction, isDuplicateKey, type Store } from '@keyflow/runtime'
import type { StoredKeyPair } from './jose-signing-keys.ts'

/** A signing key and what became of it. */
export interface SigningKey {
  readonly publicKey: PublicSigningKey
  readonly sealed: string
  readonly state: SigningKeyState
  readonly createdAt: Date
  readonly activatedAt: Date | null
  readonly retiredAt: Date | null
  readonly revokedAt: Date | null
}

/** Who rotates, and why. */
export interface KeyDecision {
  /** The same when the request is worked on again. */
  readonly id: string
  readonly actor: string
  readonly reason: string
}

interface KeyRow extends SigningKey {
  /** Thumbprint. */
  _id: string
  /** There is one key in each of these states, at any time, whoever creates or rotates. */
  slot?: 'active' | 'next'
  lastDecision?: KeyDecision
}

export const SIGNING_KEYS: CollectionSpec = {
  name: 'signing_keys',
  indexes: [
    {
      key: { slot: 1 },
      name: 'one_of_each',
      unique: true,
      partialFilterExpression: { slot: { $type: 'string' } },
    },
  ],
}

const rowsOf = (store: Store) => store.db.collection<KeyRow>(SIGNING_KEYS.name)

const rowOf = ({ publicKey, sealed }: StoredKeyPair, slot: 'active' | 'next', at: Date): KeyRow => ({
  _id: publicKey.kid,
  publicKey,
  sealed,
  state: slot,
  slot,
  createdAt: at,
  activatedAt: slot === 'active' ? at : null,
  retiredAt: null,
  revokedAt: null,
})

/** Newest first. */
export const listSigningKeys = async (store: Store): Promise<readonly SigningKey[]> =>
  rowsOf(store)
    .find({}, { projection: { _id: 0, slot: 0 }, timeoutMS: 5000 })
    .sort({ createdAt: -1 })
    .toArray()

/** Fills a slot that is empty. Of several processes that try at once, one is heard. */
export const fillSlot = async (
  store: Store,
  slot: 'active' | 'next',
  generate: () => Promise<StoredKeyPair>,
  at: Date,
): Promise<void> => {
  if ((await rowsOf(store).findOne({ slot }, { projection: { _id: 1 } })) !== null) return
  await rowsOf(store)
    .insertOne(rowOf(await generate(), slot, at))
    .catch((error: unknown) => {
      if (!isDuplicateKey(error)) throw error
    })
}

/**
 * The next key becomes the active one, and a new one stands ready. The active key is retired, or revoked at once. `from`: the
 * thumbprint that must be active, so that two people who rotate at the same time rotate once; resolves with false when
 * it is not.
 */
export const rotateSlots = async (
  store: Store,
  rotation: {
    readonly from: string
    readonly ending: 'retired' | 'revoked'
    readonly fresh: StoredKeyPair
    readonly decision: KeyDecision
    readonly at: Date
  },
): Promise<boolean> =>
  inTransaction(store, async (session) => {
    const { from, ending, fresh, decision, at } = rotation
    const rows = rowsOf(store)
    const ended = await rows.updateOne(
      { _id: from, slot: 'active' },
      {
        $set: { state: ending, [`${ending}At`]: at, lastDecision: decision },
        $unset: { slot: '' },
      },
      { session },
    )
    if (ended.matchedCount === 0) return false
    await rows.updateOne(
      { slot: 'next' },
      { $set: { state: 'active', slot: 'active', activatedAt: at } },
      { session },
    )
    await rows.insertOne(rowOf(fresh, 'next', at), { session })
    return true
  })

/** Whether this decision has ended a key already. */
export const isDecided = async (store: Store, id: string): Promise<boolean> =>
  (await rowsOf(store).findOne({ 'lastDecision.id': id }, { projection: { _id: 1 } })) !== null

/** A key that signs no more is not believed any more. Resolves with false when there is no such key. */
export const revokeRetired = async (
  store: Store,
  kid: string,
  decision: KeyDecision,
  at: Date,
): Promise<boolean> => {
  const result = await rowsOf(store).updateOne(
    { _id: kid, state: { $in: ['retired', 'revoked'] } },
    { $set: { state: 'revoked', revokedAt: at, lastDecision: decision } },
  )
  return result.matchedCount === 1
}
