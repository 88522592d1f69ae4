import type { PartitionLag } from '../kafka/backlog.ts'
import { Gauge, type Registry } from '../telemetry/metrics.ts'

/** What waits in the service's own database. */
export interface StoredBacklog {
  readonly outboxRows: number
  /** Seconds; 0 = the outbox is empty. */
  readonly outboxOldestSeconds: number
  readonly openLetters: number
  readonly oldestLetterSeconds: number
}

export interface BacklogReaders {
  readonly lags: () => readonly PartitionLag[]
  readonly oldestSeconds: () => number
  /** null: not known yet. */
  readonly stored: () => Promise<StoredBacklog | null>
}

/** Gauges of what waits: in the log, in the outbox, among the dead letters. Nothing here reads more than a few index entries. */
export const createBacklogMetrics = (
  registry: Registry,
  service: string,
  topicPrefix: string,
  read: BacklogReaders,
): void => {
  const registers = [registry]
  const gauge = (name: string, help: string) => {
    const made = new Gauge({ name, help, labelNames: ['service'], registers })
    made.set({ service }, 0)
    return made
  }
  const lag = new Gauge({
    name: 'keyflow_consumer_lag_messages',
    help: 'Records of a partition that the group has not committed.',
    labelNames: ['service', 'topic', 'partition'],
    registers,
    collect() {
      for (const { topic, partition, messages } of read.lags())
        this.set({ service, topic: topic.slice(topicPrefix.length), partition }, messages)
    },
  })
  lag.set({ service, topic: 'stripe.events', partition: 0 }, 0)
  new Gauge({
    name: 'keyflow_oldest_unprocessed_event_age_seconds',
    help: 'For how long the oldest record waits that the group has not committed; 0 = none does.',
    labelNames: ['service'],
    registers,
    collect() {
      this.set({ service }, read.oldestSeconds())
    },
  })
  const outboxAge = gauge(
    'keyflow_outbox_oldest_age_seconds',
    'For how long the oldest decision waits that is committed and not published.',
  )
  const depth = gauge('keyflow_dlq_depth', 'Dead letters that nobody has redriven.')
  const letterAge = gauge(
    'keyflow_dlq_oldest_age_seconds',
    'Age of the oldest dead letter that nobody has redriven.',
  )
  const rows = new Gauge({
    name: 'keyflow_outbox_rows',
    help: 'Decisions that are committed and not published.',
    labelNames: ['service'],
    registers,
    async collect() {
      const stored = await read.stored()
      if (stored === null) return
      rows.set({ service }, stored.outboxRows)
      outboxAge.set({ service }, stored.outboxOldestSeconds)
      depth.set({ service }, stored.openLetters)
      letterAge.set({ service }, stored.oldestLetterSeconds)
    },
  })
  rows.set({ service }, 0)
}
