import { type CollectionSpec, delay, isDuplicateKey, KeyflowError, type Store } from '@keyflow/runtime'

interface TurnRow {
  /** License. */
  _id: string
  owner: string
  until: Date
  /** The last decision that may be in the log and was not seen to be folded. */
  pending?: { readonly id: string; readonly since: Date }
}

export interface Turn {
  /** A decision of an earlier turn that may not be folded yet; null = none. */
  readonly pending: string | null
  /** To be called before the decision goes into the log. */
  readonly begin: (decision: string) => Promise<void>
  /** What was begun is folded, or is certain never to be in the log. */
  readonly settle: () => void
}

export const LICENSE_TURNS: CollectionSpec = { name: 'license_turns' }

/** A process that dies while it has its turn delays the next one by this. */
const TURN_MS = 10_000
const PATIENCE_MS = 15_000
/** What is not folded by then never came into the log: its writer died, and nobody repeated the request. */
const PENDING_MS = 600_000

/**
 * Lets the writers of one license work one after the other, in all processes: what was read at the beginning of a turn
 * still holds when its decision is folded. A turn that ends before that leaves word for the next one.
 */
export const inLicenseTurn = async <R>(
  store: Store,
  licenseId: string,
  owner: string,
  work: (turn: Turn) => Promise<R>,
): Promise<R> => {
  const before = await takeTurn(store, licenseId, owner)
  let isSettled = before === null
  try {
    return await work({
      pending: before,
      begin: async (decision) => {
        isSettled = false
        await turnsOf(store).updateOne({ _id: licenseId, owner }, [
          { $set: { pending: { id: { $literal: decision }, since: '$$NOW' } } },
        ])
      },
      settle: () => {
        isSettled = true
      },
    })
  } finally {
    const mine = { _id: licenseId, owner }
    await (isSettled
      ? turnsOf(store).deleteOne(mine)
      : turnsOf(store).updateOne(mine, { $set: { owner: '', until: new Date(0) } })
    ).catch(() => {})
  }
}

const turnsOf = (store: Store) => store.db.collection<TurnRow>(LICENSE_TURNS.name)

/** Resolves with the decision that an earlier turn left unfolded. */
const takeTurn = async (store: Store, licenseId: string, owner: string): Promise<string | null> => {
  const deadline = performance.now() + PATIENCE_MS
  while (performance.now() < deadline) {
    const taken = await take(store, licenseId, owner)
    if (taken !== null) return pendingOf(taken)
    await delay(5 + Math.random() * 20)
  }
  throw new KeyflowError('transient', 'LICENSE_BUSY', 'others write the same license')
}

const pendingOf = ({ pending, until }: TurnRow): string | null =>
  pending === undefined || until.getTime() - pending.since.getTime() > PENDING_MS ? null : pending.id

/** By the server's clock, so that processes need not agree on the time. */
const take = async (store: Store, licenseId: string, owner: string): Promise<TurnRow | null> => {
  const turns = turnsOf(store)
  const taken = await turns.findOneAndUpdate(
    { _id: licenseId, $expr: { $lt: ['$until', '$$NOW'] } },
    [{ $set: { owner, until: { $add: ['$$NOW', TURN_MS] } } }],
    { returnDocument: 'after' },
  )
  if (taken !== null) return taken
  await turns.insertOne({ _id: licenseId, owner: '', until: new Date(0) }).catch((error: unknown) => {
    if (!isDuplicateKey(error)) throw error
  })
  return null
}
