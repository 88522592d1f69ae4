import type { Kafka } from 'kafkajs'
import { backoffMs, delay } from '../errors/backoff.ts'
import { KeyflowError } from '../errors/classify.ts'
import { type BatchSender, connectSender, type SenderOptions } from './reconnecting-sender.ts'
import type { OutgoingRecord, RecordPublisher } from './records.ts'
import { refusalOf } from './refused-record.ts'

export interface CoalescingOptions {
  /** Most records in one produce request. */
  readonly maxBatchRecords?: number
  /** Most bytes of values in one produce request. */
  readonly maxBatchBytes?: number
  /** Above this many waiting records `publish` rejects at once with OVERLOADED. */
  readonly maxQueued?: number
  /**
   * Milliseconds from one request to the next, for each record of the former and at most. A record that comes alone
   * never waits; a busy publisher makes fewer and larger requests, each of which costs client and broker the same.
   */
  readonly gather?: { readonly perRecord: number; readonly max: number }
  /** Produce requests that a record without deadline may take part in. */
  readonly maxAttempts?: number
  /** Milliseconds between attempts: first, and at most. */
  readonly backoff?: { readonly base: number; readonly max: number }
  /** Longest wait of `close` for records in hand, milliseconds. */
  readonly closeMs?: number
}

export interface PublisherOptions extends CoalescingOptions, SenderOptions {
  readonly kafka: Kafka
}

interface Waiting {
  readonly record: OutgoingRecord
  /** On the clock of `performance.now()`. */
  readonly expiresAt: number
  settled: boolean
  readonly promise: Promise<void>
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** How often deadlines are looked at: one timer for all is cheaper than a timer each. */
const SWEEP_MS = 50

/** From about a thousand records a second on, requests are 8 ms apart. */
const GATHER = { perRecord: 1, max: 8 }

/** Connects to Kafka and publishes through one producer; see `coalesce`. */
export const createPublisher = async (options: PublisherOptions): Promise<RecordPublisher> =>
  coalesce(await connectSender(options), options)

/**
 * Coalesces concurrent records into one produce request at a time (kafkajs has no linger; one send per record is
 * seven times slower). Not idempotent on purpose: kafkajs's idempotent producer loses acknowledged records when a
 * response is lost; duplicates are harmless here, losses are not. One request in flight keeps the order of a key.
 * A failed request is sent again with those of its records that somebody still waits for; a record that the broker
 * refuses takes no other with it.
 */
export const coalesce = (sender: BatchSender, options: CoalescingOptions = {}): RecordPublisher => {
  const { maxBatchRecords = 500, maxBatchBytes = 1024 * 1024, maxQueued = 5000, maxAttempts = 7 } = options
  const { backoff = { base: 100, max: 1000 }, gather = GATHER, closeMs = 5000 } = options
  let queue: Waiting[] = []
  let inFlight: readonly Waiting[] = []
  let goingAlone: readonly Waiting[] = []
  let flushing = false
  /** On the clock of `performance.now()`. */
  let notBefore = 0
  let closed = false
  let sweeper: NodeJS.Timeout | undefined

  const takeBatch = (): readonly Waiting[] => {
    let bytes = 0
    let count = 0
    for (const { record } of queue) {
      if (count > 0 && (count >= maxBatchRecords || bytes + record.value.length > maxBatchBytes)) break
      bytes += record.value.length
      count += 1
    }
    const batch = count === queue.length ? queue : queue.slice(0, count)
    queue = count === queue.length ? [] : queue.slice(count)
    return batch
  }

  const deliver = async (batch: readonly Waiting[]): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      inFlight = batch.filter((waiting) => !waiting.settled)
      if (inFlight.length === 0) return
      try {
        await sender.send(inFlight.map(({ record }) => record))
        for (const waiting of inFlight) settle(waiting)
      } catch (error) {
        if (refusalOf(error) !== undefined) return refuse(inFlight, error)
        if (attempt < maxAttempts && !closed) await delay(backoffMs(attempt - 1, backoff))
        else for (const waiting of inFlight) settle(waiting, unavailable(error))
      }
    }
  }

  /** Waiting mends no refusal. Which record of several is meant is found by sending each alone. */
  const refuse = async (batch: readonly Waiting[], error: unknown): Promise<void> => {
    const [only, ...others] = batch
    if (only !== undefined && others.length === 0) return settle(only, unavailable(error))
    goingAlone = batch
    for (const one of batch) await deliver([one])
    goingAlone = []
  }

  const inHand = (): readonly Waiting[] => [
    ...inFlight,
    ...goingAlone.filter((waiting) => !waiting.settled && !inFlight.includes(waiting)),
    ...queue,
  ]

  const flush = async (): Promise<void> => {
    const startedAt = performance.now()
    const batch = takeBatch()
    await deliver(batch)
    notBefore = startedAt + Math.min(gather.max, batch.length * gather.perRecord)
    flushing = false
    schedule()
  }

  /** The flush starts in the next turn of the loop at the soonest, so that what arrives together travels together. */
  const schedule = (): void => {
    if (flushing || queue.length === 0) return
    flushing = true
    const wait = queue.length < maxBatchRecords && !closed ? notBefore - performance.now() : 0
    if (wait < 1) setImmediate(() => void flush())
    else setTimeout(() => void flush(), wait)
  }

  const sweep = (): void => {
    sweeper = undefined
    const now = performance.now()
    // Waiting: taken out, nobody wants it any more. In flight: it may be written all the same; that is a duplicate.
    for (const waiting of inHand()) if (waiting.expiresAt <= now) settle(waiting, late())
    if (queue.some(({ settled }) => settled)) queue = queue.filter(({ settled }) => !settled)
    if (inHand().some(({ expiresAt }) => expiresAt !== Infinity)) armSweeper()
  }
  const armSweeper = (): void => {
    sweeper ??= setTimeout(sweep, SWEEP_MS)
  }

  const publish: RecordPublisher['publish'] = (record, { deadlineMs = Infinity } = {}) => {
    if (closed) return Promise.reject(shuttingDown())
    if (queue.length >= maxQueued)
      return Promise.reject(new KeyflowError('transient', 'OVERLOADED', 'too many records are waiting'))
    const waiting = {
      record,
      expiresAt: performance.now() + deadlineMs,
      settled: false,
      ...Promise.withResolvers<void>(),
    }
    queue.push(waiting)
    if (deadlineMs !== Infinity) armSweeper()
    schedule()
    return waiting.promise
  }

  return {
    publish,
    publishAll: async (records) => {
      const outcomes = await Promise.allSettled(records.map((record) => publish(record)))
      const failed = outcomes.find((outcome) => outcome.status === 'rejected')
      if (failed !== undefined) throw failed.reason
    },
    inFlight: () => inHand().length,
    close: async () => {
      closed = true
      const left = inHand()
      await within(closeMs, Promise.allSettled(left.map(({ promise }) => promise)))
      for (const waiting of left) settle(waiting, shuttingDown())
      queue = []
      clearTimeout(sweeper)
      await within(closeMs, sender.close())
    },
  }
}

/** Waits for `work`, but no longer than that. */
const within = async (ms: number, work: Promise<unknown>): Promise<void> => {
  const done = new AbortController()
  await Promise.race([work, delay(ms, done.signal)])
  done.abort()
}

const settle = (waiting: Waiting, error?: unknown): void => {
  if (waiting.settled) return
  waiting.settled = true
  if (error === undefined) waiting.resolve()
  else waiting.reject(error)
}

const unavailable = (cause: unknown): KeyflowError =>
  new KeyflowError('transient', 'KAFKA_UNAVAILABLE', 'the broker did not acknowledge', { cause })

const late = (): KeyflowError =>
  new KeyflowError('transient', 'KAFKA_TIMEOUT', 'no acknowledgment within the deadline')

const shuttingDown = (): KeyflowError =>
  new KeyflowError('transient', 'SHUTTING_DOWN', 'the publisher is closed')
