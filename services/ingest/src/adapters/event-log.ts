import { type RecordHeaders, TOPICS } from '@keyflow/contracts'
import {
  createKafka,
  createPublisher,
  injectTrace,
  inSpan,
  isTraced,
  type KafkaConnection,
  type KafkaOptions,
  KeyflowError,
  type Logger,
  type OutgoingRecord,
  type RecordPublisher,
  SpanKind,
  untilAvailable,
} from '@keyflow/runtime'
import { createLogProbe } from './log-probe.ts'

/** What ingest needs of Kafka. */
export interface EventLog {
  /** Resolves once every replica in sync has the record; rejects when that is not known within the deadline. */
  readonly append: (key: string, value: Uint8Array, headers: RecordHeaders) => Promise<void>
  /** Whether a record appended now may be expected to be acknowledged. */
  readonly isReady: () => Promise<boolean>
  /** Connects, for as long as it takes. */
  readonly open: () => Promise<void>
  readonly close: () => Promise<void>
}

export interface EventLogOptions {
  readonly kafka: KafkaConnection
  readonly topicPrefix: string
  readonly deadlineMs: number
  /** Records that may wait for the broker. */
  readonly maxQueued: number
  readonly logger: Logger
  readonly signal: AbortSignal
  readonly socketFactory?: KafkaOptions['socketFactory']
}

/** How long a failed append keeps the service out of rotation. */
const FAILING_MS = 5000

const SPAN = 'stripe.events publish'
const SPAN_OPTIONS = {
  kind: SpanKind.PRODUCER,
  attributes: {
    'messaging.system': 'kafka',
    'messaging.destination.name': TOPICS.stripeEvents.name,
    'messaging.operation.type': 'send',
  },
}

export const createEventLog = (options: EventLogOptions): EventLog => {
  const { deadlineMs } = options
  const topic = options.topicPrefix + TOPICS.stripeEvents.name
  const kafka = createKafka({
    clientId: 'keyflow-ingest',
    ...options.kafka,
    logger: options.logger,
    // Whoever waited for a request has been refused by then: its answer is of no use, the next one's is.
    requestTimeoutMs: deadlineMs,
    maxRetryMs: 1000,
    ...(options.socketFactory === undefined ? {} : { socketFactory: options.socketFactory }),
  })
  const probe = createLogProbe(kafka, topic)
  let publisher: RecordPublisher | undefined
  /** On the clock of `performance.now()`; the last append succeeded where undefined. */
  let failedAt: number | undefined
  let closed = false

  const publish = (to: RecordPublisher, record: OutgoingRecord): Promise<void> =>
    isTraced()
      ? inSpan(SPAN, SPAN_OPTIONS, () =>
          to.publish({ ...record, headers: { ...record.headers, ...injectTrace() } }, { deadlineMs }),
        )
      : to.publish(record, { deadlineMs })

  return {
    append: async (key, value, headers) => {
      try {
        if (publisher === undefined)
          throw new KeyflowError('transient', 'KAFKA_UNAVAILABLE', 'not connected yet')
        await publish(publisher, { topic, key, value, headers })
        failedAt = undefined
      } catch (error) {
        failedAt = performance.now()
        throw error
      }
    },
    isReady: async () => {
      // Not for ever: out of rotation nothing is appended, and nothing would show that it works again.
      const failing = failedAt !== undefined && performance.now() - failedAt < FAILING_MS
      return publisher !== undefined && !failing && (await probe.hasLeaders())
    },
    open: async () => {
      const opened = await untilAvailable(
        'kafka',
        () => createPublisher({ kafka, ackTimeoutMs: deadlineMs, maxQueued: options.maxQueued }),
        options,
      )
      publisher = opened
      if (closed) await opened.close()
    },
    close: async () => {
      closed = true
      await Promise.all([publisher?.close(), probe.close()])
    },
  }
}
