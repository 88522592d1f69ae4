import { EVENT_TYPE_LABELS, eventTypeLabel, type RecordHeaders } from '@keyflow/contracts'
import { observeTraced } from '../telemetry/exemplar.ts'
import { Counter, Gauge, Histogram, LATENCY_BUCKETS, type Registry } from '../telemetry/metrics.ts'
import { DUPLICATE_CAUSES, type DuplicateCause } from './duplicate-cause.ts'

export const RECORD_OUTCOMES = ['applied', 'noop', 'duplicate', 'ignored', 'dead_lettered'] as const
export type RecordOutcome = (typeof RECORD_OUTCOMES)[number]

/** `unreadable`: no such record as this topic holds. `gave_up`: it could not be applied, however often. */
export const DEAD_LETTER_REASONS = ['unreadable', 'gave_up'] as const
export type DeadLetterReason = (typeof DEAD_LETTER_REASONS)[number]

/** What every consumer reports; closed label sets, initialized to 0. */
export const createBatchMetrics = (registry: Registry, service: string) => {
  const registers = [registry]
  const records = new Counter({
    name: 'keyflow_events_processed_total',
    help: 'Records taken from a topic, by what became of them.',
    labelNames: ['service', 'event_type', 'outcome'],
    registers,
  })
  for (const event_type of EVENT_TYPE_LABELS)
    for (const outcome of RECORD_OUTCOMES) records.inc({ service, event_type, outcome }, 0)
  const settled = new Counter({
    name: 'keyflow_stripe_events_settled_total',
    help: 'Records of stripe.events that are committed, whatever became of them: what was accepted and is not here is in flight, or lost.',
    labelNames: ['service'],
    registers,
  })
  settled.inc({ service }, 0)
  const duplicates = new Counter({
    name: 'keyflow_duplicate_events_total',
    help: 'Records that were applied already, by why they came again.',
    labelNames: ['service', 'cause'],
    registers,
  })
  for (const cause of DUPLICATE_CAUSES) duplicates.inc({ service, cause }, 0)
  const letters = new Counter({
    name: 'keyflow_dlq_messages_total',
    help: 'Records that were given up, by why.',
    labelNames: ['service', 'reason'],
    registers,
  })
  for (const reason of DEAD_LETTER_REASONS) letters.inc({ service, reason }, 0)
  const seconds = new Histogram({
    name: 'keyflow_event_processing_seconds',
    help: 'From the webhook accepted (or the record written) to the transaction committed.',
    labelNames: ['service'],
    buckets: LATENCY_BUCKETS,
    enableExemplars: true,
    registers,
  })
  seconds.zero({ service })
  const transaction = new Histogram({
    name: 'keyflow_batch_transaction_seconds',
    help: 'Duration of one micro-batch transaction.',
    labelNames: ['service'],
    buckets: LATENCY_BUCKETS,
    registers,
  })
  transaction.zero({ service })
  const size = new Histogram({
    name: 'keyflow_batch_records',
    help: 'Records in one micro-batch.',
    labelNames: ['service'],
    buckets: [1, 2, 5, 10, 25, 50, 100, 200, 500],
    registers,
  })
  size.zero({ service })
  const paused = new Gauge({
    name: 'keyflow_partitions_held',
    help: 'Partitions that wait for an outage to end.',
    labelNames: ['service'],
    registers,
  })
  paused.set({ service }, 0)
  const joins = new Counter({
    name: 'keyflow_consumer_joins_total',
    help: 'Times that this process joined its group: once, and once for each rebalance.',
    labelNames: ['service'],
    registers,
  })
  joins.inc({ service }, 0)
  return {
    count: (headers: RecordHeaders, outcome: RecordOutcome): void =>
      records.inc({ service, event_type: eventTypeLabel(headers), outcome }),
    settled: (stripeEvents: number): void => settled.inc({ service }, stripeEvents),
    duplicate: (cause: DuplicateCause): void => duplicates.inc({ service, cause }),
    deadLetter: (reason: DeadLetterReason): void => letters.inc({ service, reason }),
    observeAge: (ageSeconds: number, trace: RecordHeaders | undefined): void =>
      observeTraced(seconds, { service }, Math.max(0, ageSeconds), trace),
    observeBatch: (count: number, txnSeconds: number): void => {
      size.observe({ service }, count)
      transaction.observe({ service }, txnSeconds)
    },
    held: (by: number): void => paused.inc({ service }, by),
    joined: (): void => joins.inc({ service }),
  }
}
export type BatchMetrics = ReturnType<typeof createBatchMetrics>
