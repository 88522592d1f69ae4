import { HEADER } from '@keyflow/contracts'
import type { ClientSession } from 'mongodb'
import { delay } from '../errors/backoff.ts'
import { classify, failureCode, KeyflowError } from '../errors/classify.ts'
import { type IncomingRecord, originOf, type RecordPublisher } from '../kafka/records.ts'
import type { Failpoint } from '../lifecycle/failpoints.ts'
import type { Store } from '../mongo/client.ts'
import { inTransaction, isDuplicateKey } from '../mongo/transaction.ts'
import { insertOutbox, type OutboxEntry, publishEntries } from '../outbox/outbox.ts'
import type { Logger } from '../telemetry/logger.ts'
import { type RecordSpan, startRecordSpan, within } from '../telemetry/trace-context.ts'
import type { BatchMetrics, RecordOutcome } from './batch-metrics.ts'
import { findClaimed, insertClaims } from './claims.ts'
import { type DeadLetter, insertDeadLetters, toDeadLetterEntry } from './dead-letters.ts'

/** What a record turned out to be. `id` is claimed: two records with one id are applied once. */
export type Decoded<T> =
  | { readonly kind: 'item'; readonly id: string; readonly item: T; readonly eventType: string }
  | { readonly kind: 'ignored'; readonly eventType: string }
  | { readonly kind: 'dead'; readonly code: string; readonly reason: string }

export interface BatchItem<T> {
  readonly id: string
  readonly item: T
  readonly record: IncomingRecord
  /** Trace headers for what this record causes. */
  readonly trace: IncomingRecord['headers']
}

export interface Transaction {
  readonly session: ClientSession
  readonly store: Store
  readonly now: Date
}

export interface Applied {
  readonly outbox: readonly OutboxEntry[]
  /** Ids of items that changed nothing. */
  readonly noops?: readonly string[]
  /** Runs after the commit, at most once for each item, before publication. What it throws is logged. */
  readonly afterCommit?: () => void
}

export interface BatchProcessorOptions<T> {
  readonly service: string
  readonly store: Store
  readonly publisher: RecordPublisher
  readonly deadLetterTopic: string
  /** Pure and total. */
  readonly decode: (record: IncomingRecord) => Decoded<T>
  /** Reads and writes through the session only: it runs again when the transaction is retried. */
  readonly apply: (items: readonly BatchItem<T>[], transaction: Transaction) => Promise<Applied>
  readonly metrics: BatchMetrics
  readonly logger: Logger
  readonly clock: () => Date
  readonly failpoint: Failpoint
}

interface Prepared<T> {
  readonly record: IncomingRecord
  readonly decoded: Decoded<T>
}

const BUG_TRIES = 3
const RACE_TRIES = 20

/**
 * Turns "apply these items" into the whole contract of a consumer (design, section 3): claims, state, outbox and dead
 * letters of a micro-batch in one transaction; publication after the commit; a batch that cannot commit is split in
 * halves until the record that is to blame stands alone and is dead-lettered. Rejects only for outages.
 */
export const createBatchProcessor = <T>(options: BatchProcessorOptions<T>) => {
  const commitBatch = async (batch: readonly Prepared<T>[], giveUp?: DeadLetter): Promise<void> => {
    const spans = new Map<IncomingRecord, RecordSpan>()
    for (const { record, decoded } of batch)
      if (decoded.kind === 'item')
        spans.set(
          record,
          startRecordSpan(`${options.service} process`, record.headers, spanAttributes(record)),
        )
    const started = performance.now()
    try {
      // The work of a batch is shown in the trace of its first record; the others have their own spans beside it.
      const [first] = spans.values()
      const done = await within(first, () =>
        inTransaction(options.store, (session) => runBatch(options, batch, spans, session, giveUp)),
      )
      options.failpoint('batch.committed')
      const seconds = (performance.now() - started) / 1000
      options.metrics.observeBatch(batch.length, seconds)
      report(options, batch, done.outcomes, spans, seconds)
      runAfterCommit(options, done.applied)
      await publishOrLeave(options, done.entries)
      options.failpoint('batch.published')
    } catch (error) {
      for (const span of spans.values()) span.end('failed', error)
      throw error
    }
  }

  const commitOrSplit = async (batch: readonly Prepared<T>[]): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await commitBatch(batch)
      } catch (error) {
        if (classify(error) === 'transient') throw error
        // Somebody else inserted the same key between our read and our write: read again. Under load that happens
        // several times in a row to a busy key; giving the record up for it would lose a fact.
        if (isDuplicateKey(error) && attempt <= (batch.length > 1 ? 2 : RACE_TRIES)) {
          await delay(attempt * 10 * Math.random())
          continue
        }
        if (batch.length > 1) {
          const middle = Math.ceil(batch.length / 2)
          await commitOrSplit(batch.slice(0, middle))
          return await commitOrSplit(batch.slice(middle))
        }
        if (classify(error) === 'bug' && attempt < BUG_TRIES && !isDuplicateKey(error)) continue
        const culprit = (batch[0] as Prepared<T>).record
        options.logger.error(
          { origin: originOf(culprit), code: failureCode(error), err: error },
          'record.given_up',
        )
        return await commitBatch(batch, {
          record: culprit,
          code: failureCode(error),
          reason: messageOf(error),
        })
      }
    }
  }

  return {
    /** Handler for `startConsumer`. */
    handle: (records: readonly IncomingRecord[]): Promise<void> =>
      commitOrSplit(records.map((record) => ({ record, decoded: decodeSafely(options, record) }))),
  }
}

const decodeSafely = <T>(options: BatchProcessorOptions<T>, record: IncomingRecord): Decoded<T> => {
  try {
    return options.decode(record)
  } catch (error) {
    return { kind: 'dead', code: 'DECODE_FAILED', reason: messageOf(error) }
  }
}

/** A failure in here must not make a batch look as if it had failed that is committed. */
const runAfterCommit = <T>(options: BatchProcessorOptions<T>, applied: Applied | undefined): void => {
  try {
    applied?.afterCommit?.()
  } catch (error) {
    options.logger.error({ code: failureCode(error), err: error }, 'batch.after_commit_failed')
  }
}

/** Committed is committed: what cannot be published now is the sweeper's, and the partition goes on. */
const publishOrLeave = async <T>(
  options: BatchProcessorOptions<T>,
  entries: readonly OutboxEntry[],
): Promise<void> => {
  try {
    await publishEntries(options.store, options.publisher, entries)
  } catch (error) {
    options.logger.warn({ entries: entries.length, code: failureCode(error) }, 'outbox.left_to_sweeper')
  }
}

interface Done {
  readonly entries: readonly OutboxEntry[]
  readonly outcomes: ReadonlyMap<IncomingRecord, RecordOutcome>
  readonly applied: Applied | undefined
}

const runBatch = async <T>(
  options: BatchProcessorOptions<T>,
  batch: readonly Prepared<T>[],
  spans: ReadonlyMap<IncomingRecord, RecordSpan>,
  session: ClientSession,
  giveUp: DeadLetter | undefined,
): Promise<Done> => {
  const { store } = options
  const now = options.clock()
  const outcomes = new Map<IncomingRecord, RecordOutcome>()
  const items: BatchItem<T>[] = []
  const letters: DeadLetter[] = []
  const ids = batch.flatMap(({ decoded }) => (decoded.kind === 'item' ? [decoded.id] : []))
  const claimed = ids.length === 0 ? new Map<string, string>() : await findClaimed(store, session, ids)
  const taken = new Set<string>(claimed.keys())
  const claims: { id: string; origin: string }[] = []
  for (const { record, decoded } of batch) {
    if (decoded.kind === 'item' && taken.has(decoded.id)) outcomes.set(record, 'duplicate')
    else if (giveUp !== undefined) letters.push(giveUp)
    else if (decoded.kind === 'ignored') outcomes.set(record, 'ignored')
    else if (decoded.kind === 'dead') letters.push({ record, code: decoded.code, reason: decoded.reason })
    else items.push({ id: decoded.id, item: decoded.item, record, trace: spans.get(record)?.headers ?? {} })
    if (decoded.kind === 'item' && !taken.has(decoded.id)) {
      taken.add(decoded.id)
      claims.push({ id: decoded.id, origin: originOf(record) })
    }
  }
  const applied = items.length === 0 ? undefined : await options.apply(items, { session, store, now })
  const noops = new Set(applied?.noops ?? [])
  for (const { id, record } of items) outcomes.set(record, noops.has(id) ? 'noop' : 'applied')
  await insertClaims(store, session, claims, now)
  const fresh = await insertDeadLetters(store, session, letters, now)
  for (const letter of letters)
    outcomes.set(letter.record, fresh.includes(letter) ? 'dead_lettered' : 'duplicate')
  const entries = [
    ...(applied?.outbox ?? []),
    ...fresh.map((letter) => toDeadLetterEntry(options.deadLetterTopic, options.service, letter, now)),
  ]
  await insertOutbox(store, session, entries, now)
  return { entries, outcomes, applied }
}

const report = <T>(
  options: BatchProcessorOptions<T>,
  batch: readonly Prepared<T>[],
  outcomes: ReadonlyMap<IncomingRecord, RecordOutcome>,
  spans: ReadonlyMap<IncomingRecord, RecordSpan>,
  seconds: number,
): void => {
  const now = options.clock().getTime()
  const counts = new Map<RecordOutcome, number>()
  for (const { record } of batch) {
    const outcome = outcomes.get(record) ?? 'ignored'
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
    spans.get(record)?.end(outcome)
    if (outcome === 'applied' || outcome === 'noop')
      options.metrics.observeAge((now - acceptedAt(record)) / 1000)
  }
  for (const [outcome, count] of counts) options.metrics.count(outcome, count)
  const first = (batch[0] as Prepared<T>).record
  options.logger.debug(
    {
      topic: first.topic,
      partition: first.partition,
      offset: first.offset,
      records: batch.length,
      took_ms: Math.round(seconds * 1000),
      ...Object.fromEntries(counts),
    },
    'batch.committed',
  )
}

/** Unix milliseconds of the webhook's acceptance, carried along every record that it caused. */
const acceptedAt = (record: IncomingRecord): number => {
  const carried = Number(record.headers[HEADER.receivedAt])
  return Number.isFinite(carried) && carried > 0 ? carried : record.timestamp
}

const spanAttributes = (record: IncomingRecord): Record<string, string | number> => ({
  'messaging.system': 'kafka',
  'messaging.destination.name': record.topic,
  'messaging.destination.partition.id': record.partition,
  'messaging.kafka.offset': record.offset,
})

const messageOf = (error: unknown): string =>
  error instanceof KeyflowError ? error.message : error instanceof Error ? `${error.name}` : 'unknown failure'
