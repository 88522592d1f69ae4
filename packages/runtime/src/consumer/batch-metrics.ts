import { Counter, Gauge, Histogram, LATENCY_BUCKETS, type Registry } from '../telemetry/metrics.ts'

export const RECORD_OUTCOMES = ['applied', 'noop', 'duplicate', 'ignored', 'dead_lettered'] as const
export type RecordOutcome = (typeof RECORD_OUTCOMES)[number]

/** What every consumer reports; closed label sets, initialized to 0. */
export const createBatchMetrics = (registry: Registry, service: string) => {
  const records = new Counter({
    name: 'keyflow_events_processed_total',
    help: 'Records taken from a topic, by what became of them.',
    labelNames: ['service', 'outcome'],
    registers: [registry],
  })
  for (const outcome of RECORD_OUTCOMES) records.inc({ service, outcome }, 0)
  const seconds = new Histogram({
    name: 'keyflow_event_processing_seconds',
    help: 'From the webhook accepted (or the record written) to the transaction committed.',
    labelNames: ['service'],
    buckets: LATENCY_BUCKETS,
    registers: [registry],
  })
  const transaction = new Histogram({
    name: 'keyflow_batch_transaction_seconds',
    help: 'Duration of one micro-batch transaction.',
    labelNames: ['service'],
    buckets: LATENCY_BUCKETS,
    registers: [registry],
  })
  const size = new Histogram({
    name: 'keyflow_batch_records',
    help: 'Records in one micro-batch.',
    labelNames: ['service'],
    buckets: [1, 2, 5, 10, 25, 50, 100, 200, 500],
    registers: [registry],
  })
  const paused = new Gauge({
    name: 'keyflow_partitions_held',
    help: 'Partitions that wait for an outage to end.',
    labelNames: ['service'],
    registers: [registry],
  })
  paused.set({ service }, 0)
  return {
    count: (outcome: RecordOutcome, by = 1): void => records.inc({ service, outcome }, by),
    observeAge: (ageSeconds: number): void => seconds.observe({ service }, Math.max(0, ageSeconds)),
    observeBatch: (count: number, txnSeconds: number): void => {
      size.observe({ service }, count)
      transaction.observe({ service }, txnSeconds)
    },
    held: (by: number): void => paused.inc({ service }, by),
  }
}
export type BatchMetrics = ReturnType<typeof createBatchMetrics>
