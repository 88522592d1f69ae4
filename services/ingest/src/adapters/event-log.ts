import type { RecordHeaders } from '@keyflow/contracts'
import { TOPICS } from '@keyflow/contracts'
import {
  createKafka,
  createPublisher,
  type KafkaOptions,
  KeyflowError,
  type Logger,
  type RecordPublisher,
  untilAvailable,
} from '@keyflow/runtime'

/** What ingest needs of Kafka. */
export interface EventLog {
  /** Resolves once every replica in sync has the record; rejects when that is not known within the deadline. */
  readonly append: (key: string, value: Uint8Array, headers: RecordHeaders) => Promise<void>
  readonly isReady: () => boolean
  /** Connects, for as long as it takes. */
  readonly open: () => Promise<void>
  readonly close: () => Promise<void>
}

export interface EventLogOptions {
  readonly brokers: readonly string[]
  readonly topicPrefix: string
  readonly deadlineMs: number
  readonly logger: Logger
  readonly signal: AbortSignal
  readonly socketFactory?: KafkaOptions['socketFactory']
}

export const createEventLog = (options: EventLogOptions): EventLog => {
  const topic = options.topicPrefix + TOPICS.stripeEvents.name
  let publisher: RecordPublisher | undefined
  return {
    append: async (key, value, headers) => {
      if (publisher === undefined)
        throw new KeyflowError('transient', 'KAFKA_UNAVAILABLE', 'not connected yet')
      await publisher.publish({ topic, key, value, headers }, { deadlineMs: options.deadlineMs })
    },
    isReady: () => publisher !== undefined,
    open: async () => {
      const kafka = createKafka({
        clientId: 'keyflow-ingest',
        brokers: options.brokers,
        logger: options.logger,
        ...(options.socketFactory === undefined ? {} : { socketFactory: options.socketFactory }),
      })
      publisher = await untilAvailable('kafka', () => createPublisher({ kafka }), options)
    },
    close: async () => publisher?.close(),
  }
}
