import { HEADER } from '@keyflow/contracts'
import type { IncomingRecord } from '../kafka/records.ts'
import type { RecordSpan } from '../telemetry/trace-context.ts'
import type { BatchProcessorOptions } from './batch-contract.ts'
import type { RecordOutcome } from './batch-metrics.ts'

/** Counts, ages, spans and the log line of a batch that is committed. */
export const reportBatch = <T>(
  options: BatchProcessorOptions<T>,
  records: readonly IncomingRecord[],
  outcomes: ReadonlyMap<IncomingRecord, RecordOutcome>,
  spans: ReadonlyMap<IncomingRecord, RecordSpan>,
  seconds: number,
): void => {
  const now = options.clock().getTime()
  const counts = new Map<RecordOutcome, number>()
  for (const record of records) {
    const outcome = outcomes.get(record) ?? 'ignored'
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
    spans.get(record)?.end(outcome)
    if (outcome === 'applied' || outcome === 'noop')
      options.metrics.observeAge((now - acceptedAt(record)) / 1000)
  }
  for (const [outcome, count] of counts) options.metrics.count(outcome, count)
  const [first] = records
  options.logger.debug(
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
