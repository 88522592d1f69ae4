import type { RecordHeaders } from '@keyflow/contracts'

/** A record to be written. `key` decides the partition (locality only; correctness never depends on it). */
export interface OutgoingRecord {
  readonly topic: string
  readonly key: string | null
  readonly value: Uint8Array | string
  readonly headers: RecordHeaders
}

/** A record as read, headers decoded to text. */
export interface IncomingRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: string
  readonly key: string | null
  readonly value: Uint8Array | null
  readonly headers: RecordHeaders
  /** Unix milliseconds, set by the producer. */
  readonly timestamp: number
}

export const originOf = (record: IncomingRecord): string =>
  `${record.topic}/${record.partition}/${record.offset}`

/**
 * The port that the rest of Keyflow sees of Kafka's writing side; changing the client means changing this folder.
 * `publish` resolves only after the broker acknowledged with acks=all; rejects with a transient KeyflowError
 * otherwise, in which case the record may or may not be in the log.
 */
export interface RecordPublisher {
  publish(record: OutgoingRecord, options?: { readonly deadlineMs?: number }): Promise<void>
  publishAll(records: readonly OutgoingRecord[]): Promise<void>
  /** Records waiting or in flight. */
  inFlight(): number
  /** Waits for what is in flight, then disconnects. */
  close(): Promise<void>
}
