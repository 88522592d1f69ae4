import { HEADER, TOPICS } from '@keyflow/contracts'
import { type IncomingRecord, originOf } from '../kafka/records.ts'
import { type RecordSpan, traceIdOf } from '../telemetry/trace-context.ts'
import type { BatchProcessorOptions } from './batch-contract.ts'
import type { RecordOutcome } from './batch-metrics.ts'
import type { Done } from './run-batch.ts'

/** Counts, ages, spans and the log lines of a batch that is committed: one wide line for each record that did something. */
export const reportBatch = <T>(
  options: BatchProcessorOptions<T>,
  records: readonly IncomingRecord[],
  { outcomes, causes }: Pick<Done, 'outcomes' | 'causes'>,
  spans: ReadonlyMap<IncomingRecord, RecordSpan>,
  seconds: number,
  hasGivenUp: boolean,
): void => {
  const { metrics, logger } = options
  const now = options.clock().getTime()
  const counts = new Map<RecordOutcome, number>()
  for (const record of records) {
    const outcome = outcomes.get(record) ?? 'ignored'
    const trace = spans.get(record)?.headers
    const cause = causes.get(record)
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
    spans.get(record)?.end(outcome)
    metrics.count(record.headers, outcome)
    if (cause !== undefined) metrics.duplicate(cause)
    if (outcome === 'dead_lettered') metrics.deadLetter(hasGivenUp ? 'gave_up' : 'unreadable')
    const ageMs = now - acceptedAt(record)
    if (outcome === 'applied' || outcome === 'noop') metrics.observeAge(ageMs / 1000, trace)
    if (outcome === 'ignored') continue
    const level = outcome === 'dead_lettered' ? 'warn' : outcome === 'applied' ? 'info' : 'debug'
    logger[level](
      {
        event_id: record.headers[HEADER.id],
        type: record.headers[HEADER.type],
        origin: originOf(record),
        outcome,
        cause,
        age_ms: Math.round(ageMs),
        batch: records.length,
        took_ms: Math.round(seconds * 1000),
        trace_id: traceIdOf(trace ?? record.headers),
      },
      'record.processed',
    )
  }
  const stripeEvents = records.filter(({ topic }) => topic.endsWith(TOPICS.stripeEvents.name))
  if (stripeEvents.length > 0) metrics.settled(stripeEvents.length)
  const [first] = records
  logger.debug(
    {
      topic: first?.topic,
      partition: first?.partition,
      offset: first?.offset,
      records: records.length,
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
