import { delay } from '../errors/backoff.ts'
import { classify, failureCode, KeyflowError } from '../errors/classify.ts'
import { type IncomingRecord, originOf } from '../kafka/records.ts'
import { inTransaction, isDuplicateKey } from '../mongo/transaction.ts'
import { type OutboxEntry, publishEntries } from '../outbox/outbox.ts'
import { type RecordSpan, startRecordSpan, within } from '../telemetry/trace-context.ts'
import type { Applied, BatchProcessorOptions, Decoded } from './batch-contract.ts'
import { reportBatch } from './batch-report.ts'
import { type DeadLetter, sealLetters } from './dead-letters.ts'
import { type Letters, type Prepared, runBatch } from './run-batch.ts'

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
      const letters = await writeLetters(options, batch, giveUp)
      // The work of a batch is shown in the trace of its first record; the others have their own spans beside it.
      const [first] = spans.values()
      const done = await within(first, () =>
        inTransaction(options.store, (session) => runBatch(options, batch, spans, session, letters)),
      )
      options.failpoint('batch.committed')
      const seconds = (performance.now() - started) / 1000
      options.metrics.observeBatch(batch.length, seconds)
      const records = batch.map(({ record }) => record)
      reportBatch(options, records, done, spans, seconds, giveUp !== undefined)
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

const writeLetters = async <T>(
  { personal }: BatchProcessorOptions<T>,
  batch: readonly Prepared<T>[],
  giveUp: DeadLetter | undefined,
): Promise<Letters> => {
  const dead = batch.flatMap(({ record, decoded }) =>
    decoded.kind === 'dead' ? [{ record, code: decoded.code, reason: decoded.reason }] : [],
  )
  const unreadable = await sealLetters(personal, dead)
  const [sealed] = giveUp === undefined ? [] : await sealLetters(personal, [giveUp])
  return { unreadable: new Map(unreadable.map((letter) => [letter.record, letter])), giveUp: sealed }
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
  if (options.publisher === null) return
  try {
    await publishEntries(options.store, options.publisher, entries)
  } catch (error) {
    options.logger.warn({ entries: entries.length, code: failureCode(error) }, 'outbox.left_to_sweeper')
  }
}

const spanAttributes = (record: IncomingRecord): Record<string, string | number> => ({
  'messaging.system': 'kafka',
  'messaging.destination.name': record.topic,
  'messaging.destination.partition.id': record.partition,
  'messaging.kafka.offset': record.offset,
})

const messageOf = (error: unknown): string =>
  error instanceof KeyflowError ? error.message : error instanceof Error ? `${error.name}` : 'unknown failure'
