import type { ClientSession } from 'mongodb'
import { delay } from '../errors/backoff.ts'
import { classify, hasErrorLabel, KeyflowError } from '../errors/classify.ts'
import { MONGO_OUTAGE } from '../errors/transient-codes.ts'
import type { Store } from './client.ts'

/** Shorter than the group's rebalance timeout: a stuck transaction must not get the consumer expelled. */
const DEADLINE_MS = 20_000

/**
 * Runs `body` in one majority transaction and returns its result. The whole body runs again on a transient error, only
 * the commit on an unknown commit result; so the body must have no effects outside the session.
 * After the deadline it throws a transient KeyflowError: the outcome may be unknown, the idempotency claim decides.
 * (The driver's own withTransaction would go on for 120 s.)
 */
export const inTransaction = async <R>(
  store: Store,
  body: (session: ClientSession) => Promise<R>,
  { deadlineMs = DEADLINE_MS }: { readonly deadlineMs?: number } = {},
): Promise<R> => {
  const deadline = performance.now() + deadlineMs
  const session = store.client.startSession()
  let isAway = false
  try {
    for (let attempt = 0; ; attempt += 1) {
      session.startTransaction({
        readConcern: { level: 'snapshot' },
        writeConcern: { w: 'majority', journal: true },
        maxCommitTimeMS: 5000,
      })
      try {
        const result = await body(session)
        await commit(session, deadline)
        return result
      } catch (error) {
        isAway = isOutage(error)
        if (isAway || !isRetryable(error)) throw error
        await abort(session)
        if (performance.now() > deadline) throw overdue(error)
        await delay(Math.min(500, 5 * 1.5 ** attempt) * (0.5 + Math.random()))
      }
    }
  } finally {
    // After an outage nobody answers for seconds; after a blip this frees the locks before the next attempt.
    const closed = close(session)
    if (!isAway) await closed
  }
}

const abort = async (session: ClientSession): Promise<void> => {
  if (session.inTransaction()) await session.abortTransaction().catch(() => {})
}

const close = async (session: ClientSession): Promise<void> => {
  await abort(session)
  await session.endSession().catch(() => {})
}

const commit = async (session: ClientSession, deadline: number): Promise<void> => {
  for (;;) {
    try {
      return await session.commitTransaction()
    } catch (error) {
      if (!hasErrorLabel(error, 'UnknownTransactionCommitResult')) throw error
      if (performance.now() > deadline) throw overdue(error)
      await delay(20)
    }
  }
}

const overdue = (cause: unknown): KeyflowError =>
  new KeyflowError('transient', 'TRANSACTION_DEADLINE', 'the transaction did not get through', { cause })

const isRetryable = (error: unknown): boolean =>
  hasErrorLabel(error, 'TransientTransactionError') && classify(error) === 'transient'

/** Not waited for in here: the consumer holds the partition instead. */
const isOutage = (error: unknown): boolean => error instanceof Error && MONGO_OUTAGE.has(error.name)

/** A unique index refused an insert: inside a transaction the server has already aborted it. */
export const isDuplicateKey = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && (error as { code?: unknown }).code === 11_000
