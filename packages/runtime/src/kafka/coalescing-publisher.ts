import { type Kafka, type Message, Partitioners, type Producer } from 'kafkajs'
import { KeyflowError } from '../errors/classify.ts'
import type { OutgoingRecord, RecordPublisher } from './records.ts'

export interface PublisherOptions {
  readonly kafka: Kafka
  /** Most records in one produce request. */
  readonly maxBatchRecords?: number
  /** Most bytes of values in one produce request. */
  readonly maxBatchBytes?: number
  /** Above this many waiting records `publish` rejects at once with OVERLOADED. */
  readonly maxQueued?: number
}

interface Waiting {
  readonly record: OutgoingRecord
  readonly bytes: number
  settled: boolean
  timer: NodeJS.Timeout | undefined
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

const unavailable = (cause: unknown): KeyflowError =>
  new KeyflowError('transient', 'KAFKA_UNAVAILABLE', 'the broker did not acknowledge', { cause })

/**
 * Coalesces concurrent records into one produce request at a time (kafkajs has no linger; one send per record is
 * seven times slower). Not idempotent on purpose: kafkajs's idempotent producer loses acknowledged records when a
 * response is lost; duplicates are harmless here, losses are not. One request in flight keeps the order of a key.
 */
export const createPublisher = async (options: PublisherOptions): Promise<RecordPublisher> => {
  const { maxBatchRecords = 500, maxBatchBytes = 1024 * 1024, maxQueued = 5000 } = options
  const producer = options.kafka.producer({
    idempotent: false,
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
    retry: { initialRetryTime: 100, maxRetryTime: 1000, retries: 6 },
  })
  await producer.connect()

  let queue: Waiting[] = []
  let sending = 0
  let flushing: Promise<void> | undefined
  let closed = false

  const takeBatch = (): Waiting[] => {
    let bytes = 0
    let count = 0
    for (const waiting of queue) {
      if (count > 0 && (count >= maxBatchRecords || bytes + waiting.bytes > maxBatchBytes)) break
      bytes += waiting.bytes
      count += 1
    }
    const batch = queue.slice(0, count)
    queue = queue.slice(count)
    return batch
  }

  const settle = (waiting: Waiting, error?: unknown): void => {
    if (waiting.settled) return
    waiting.settled = true
    clearTimeout(waiting.timer)
    if (error === undefined) waiting.resolve()
    else waiting.reject(error)
  }

  const flush = async (): Promise<void> => {
    while (queue.length > 0) {
      const batch = takeBatch()
      sending = batch.length
      try {
        await sendBatch(producer, batch)
        for (const waiting of batch) settle(waiting)
      } catch (error) {
        const failure = unavailable(error)
        for (const waiting of batch) settle(waiting, failure)
      }
      sending = 0
    }
    flushing = undefined
  }

  /** The flush starts in the next turn of the loop, so that requests that arrive together travel together. */
  const schedule = (): void => {
    flushing ??= new Promise((resolve) => setImmediate(() => flush().then(resolve)))
  }

  const publish: RecordPublisher['publish'] = (record, publishOptions) =>
    new Promise((resolve, reject) => {
      if (closed) return reject(new KeyflowError('transient', 'SHUTTING_DOWN', 'the publisher is closed'))
      if (queue.length >= maxQueued)
        return reject(new KeyflowError('transient', 'OVERLOADED', 'too many records are waiting'))
      const waiting: Waiting = {
        record,
        bytes: record.value.length,
        settled: false,
        timer: undefined,
        resolve,
        reject,
      }
      const deadlineMs = publishOptions?.deadlineMs
      if (deadlineMs !== undefined)
        waiting.timer = setTimeout(() => {
          // Still waiting: take it out, nobody wants it any more. In flight: it may be written; that is a duplicate.
          queue = queue.filter((other) => other !== waiting)
          settle(
            waiting,
            new KeyflowError('transient', 'KAFKA_TIMEOUT', `no acknowledgment within ${deadlineMs} ms`),
          )
        }, deadlineMs)
      queue.push(waiting)
      schedule()
    })

  return {
    publish,
    publishAll: async (records) => {
      const outcomes = await Promise.allSettled(records.map((record) => publish(record)))
      const failed = outcomes.find((outcome) => outcome.status === 'rejected')
      if (failed !== undefined) throw failed.reason
    },
    inFlight: () => queue.length + sending,
    close: async () => {
      closed = true
      await flushing
      await producer.disconnect()
    },
  }
}

const sendBatch = async (producer: Producer, batch: readonly Waiting[]): Promise<void> => {
  const byTopic = new Map<string, Message[]>()
  for (const { record } of batch) {
    const messages = byTopic.get(record.topic)
    const message: Message = {
      key: record.key,
      value: asBuffer(record.value),
      headers: { ...record.headers },
    }
    if (messages === undefined) byTopic.set(record.topic, [message])
    else messages.push(message)
  }
  const topicMessages = [...byTopic].map(([topic, messages]) => ({ topic, messages }))
  await producer.sendBatch({ acks: -1, timeout: 10_000, topicMessages })
}

const asBuffer = (value: Uint8Array | string): Buffer =>
  typeof value === 'string'
    ? Buffer.from(value)
    : Buffer.isBuffer(value)
      ? value
      : Buffer.from(value.buffer, value.byteOffset, value.byteLength)
