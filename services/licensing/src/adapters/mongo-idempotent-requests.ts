import { type CollectionSpec, isDuplicateKey, type Store } from '@keyflow/runtime'

/** An answer as it is given again: with what it promised then, not with what holds now. */
export interface KeptAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Sealed: answers may show a key. */
  readonly body: string
}

interface RequestRow {
  /** `<API key>:<Idempotency-Key>` */
  _id: string
  /** Of method, path and body. */
  hash: string
  /** Under which the decision is in the log, however often the request is worked on. */
  operationId: string
  answer: KeptAnswer | null
  /** Whoever works on it is taken for dead after this. */
  busyUntil: Date
  at: Date
}

const KEPT_SECONDS = 24 * 3600
/** Longer than any request takes. */
const BUSY_MS = 30_000

export const IDEMPOTENT_REQUESTS: CollectionSpec = {
  name: 'idempotent_requests',
  indexes: [{ key: { at: 1 }, name: 'ttl', expireAfterSeconds: KEPT_SECONDS }],
}

export type Begun =
  | { readonly kind: 'mine'; readonly operationId: string }
  | { readonly kind: 'answered'; readonly answer: KeptAnswer }
  | { readonly kind: 'other_request' }
  | { readonly kind: 'busy' }

const rowsOf = (store: Store) => store.db.collection<RequestRow>(IDEMPOTENT_REQUESTS.name)

/** Of any number of processes that meet on a request, one works on it; it goes to another should that one die. */
export const beginRequest = async (
  store: Store,
  request: Pick<RequestRow, 'hash' | 'operationId'> & { readonly id: string },
  now: Date,
): Promise<Begun> => {
  const { id, hash, operationId } = request
  const busyUntil = new Date(now.getTime() + BUSY_MS)
  try {
    await rowsOf(store).insertOne({ _id: id, hash, operationId, answer: null, busyUntil, at: now })
    return { kind: 'mine', operationId }
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
  }
  const known = await rowsOf(store).findOne({ _id: id })
  if (known === null) return { kind: 'busy' }
  if (known.hash !== hash) return { kind: 'other_request' }
  if (known.answer !== null) return { kind: 'answered', answer: known.answer }
  const taken = await rowsOf(store).updateOne(
    { _id: id, answer: null, busyUntil: { $eq: known.busyUntil, $lte: now } },
    { $set: { busyUntil } },
  )
  return taken.matchedCount === 1 ? { kind: 'mine', operationId: known.operationId } : { kind: 'busy' }
}

export const keepAnswer = async (store: Store, id: string, answer: KeptAnswer): Promise<void> => {
  await rowsOf(store).updateOne({ _id: id }, { $set: { answer } })
}

/** It failed on our side: whoever asks again works on it again, at once. */
export const releaseRequest = async (store: Store, id: string): Promise<void> => {
  await rowsOf(store).updateOne({ _id: id, answer: null }, { $set: { busyUntil: new Date(0) } })
}
