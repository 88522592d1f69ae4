import type { ClientSession } from 'mongodb'
import { delay } from '../errors/backoff.ts'
import { classify, KeyflowError } from '../errors/classify.ts'
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
): Promise<R> => {
  const deadline = Date.now() + DEADLINE_MS
  const session = store.client.startSession()
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
        if (session.inTransaction()) await session.abortTransaction().catch(() => {})
        if (!isRetryable(error)) throw error
        if (Date.now() > deadline)
          throw new KeyflowError('transient', 'TRANSACTION_DEADLINE', 'the transaction did not get through', {
            cause: error,
          })
        await delay(Math.min(500, 5 * 1.5 ** attempt) * (0.5 + Math.random()))
      }
    }
  } finally {
    await session.endSession().catch(() => {})
  }
}

const commit = async (session: ClientSession, deadline: number): Promise<void> => {
  for (;;) {
    try {
      return await session.commitTransaction()
    } catch (error) {
      if (!hasLabel(error, 'UnknownTransactionCommitResult') || Date.now() > deadline) throw error
      await delay(20)
    }
  }
}

const hasLabel = (error: unknown, label: string): boolean => {
  const has = (error as { hasErrorLabel?: (label: string) => boolean } | null)?.hasErrorLabel
  return typeof has === 'function' && has.call(error, label)
}

/** An outage is not waited for in here: the consumer holds the partition instead. */
const isRetryable = (error: unknown): boolean =>
  hasLabel(error, 'TransientTransactionError') && classify(error) === 'transient' && !isOutage(error)

const isOutage = (error: unknown): boolean =>
  error instanceof Error &&
  /^Mongo(Network|ServerSelection|Topology|Pool|WaitQueue|NotConnected)/.test(error.name)

/** A unique index refused an insert: inside a transaction the server has already aborted it. */
export const isDuplicateKey = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && (error as { code?: unknown }).code === 11_000
