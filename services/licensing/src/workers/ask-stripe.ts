import { snapshotRecord } from '@keyflow/contracts'
import {
  backoffMs,
  classify,
  createWakeablePause,
  delay,
  failureCode,
  type Logger,
  type RecordPublisher,
  type Store,
} from '@keyflow/runtime'
import { openSnapshotReview } from '../adapters/mongo-reviews.ts'
import {
  markAnswered,
  markRefused,
  postpone,
  type SnapshotRequest,
  takeDueRequest,
} from '../adapters/mongo-snapshot-requests.ts'
import type { SnapshotReader } from '../adapters/stripe-snapshot-reader.ts'

export interface AskStripeOptions {
  readonly store: Store
  readonly publisher: RecordPublisher
  readonly reader: SnapshotReader
  readonly snapshotTopic: string
  readonly logger: Logger
  readonly newId: () => string
  readonly concurrency: number
  /** Stripe refused to answer, and a review entry says so. */
  readonly onRefused: () => void
}

export interface AskStripe {
  /** There may be something to ask: look at once instead of at the next poll. */
  readonly wake: () => void
  readonly stop: () => Promise<void>
}

const POLL_MS = 2000
const BACKOFF = { base: 500, max: 60_000 }

/**
 * Asks Stripe what events cannot tell and appends the answers to the log, where they are folded like any fact. While
 * Stripe is away the questions wait; nothing else does.
 */
export const startAskingStripe = (options: AskStripeOptions): AskStripe => {
  const stopping = new AbortController()
  const pause = createWakeablePause(stopping.signal)
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const rest = pause.begin()
      try {
        const request = await takeDueRequest(options.store)
        if (request !== null) await answer(options, request)
        else await rest(POLL_MS)
      } catch (error) {
        options.logger.warn({ code: failureCode(error), err: error }, 'snapshot.worker_failed')
        await delay(POLL_MS, stopping.signal)
      }
    }
  }
  const running = Promise.all(Array.from({ length: options.concurrency }, loop))
  return {
    wake: pause.wake,
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

const answer = async (options: AskStripeOptions, request: SnapshotRequest): Promise<void> => {
  const { logger, store } = options
  const line = { what: request.what, subject: request.subject, attempt: request.attempts }
  try {
    const found = await options.reader.read(request.scope, request)
    const { scope, what, subject } = request
    const snapshot = { id: `snap_${options.newId()}`, scope, what, subject, ...found }
    await options.publisher.publish(
      snapshotRecord(options.snapshotTopic, request.ledger, snapshot, request.headers),
    )
    await markAnswered(store, request.id)
    logger.info(line, 'snapshot.answered')
  } catch (error) {
    if (classify(error) === 'invalid') {
      await markRefused(store, request.id)
      await openSnapshotReview(store, request)
      options.onRefused()
      logger.error({ ...line, code: failureCode(error) }, 'snapshot.refused')
      return
    }
    const wait = backoffMs(request.attempts, BACKOFF)
    await postpone(store, request.id, wait)
    logger.warn({ ...line, wait_ms: Math.round(wait), code: failureCode(error) }, 'snapshot.postponed')
  }
}
