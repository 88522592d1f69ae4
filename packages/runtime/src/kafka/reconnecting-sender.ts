import type { Kafka, Message, Producer } from 'kafkajs'
import { partitionByKey } from './partition-by-key.ts'
import type { OutgoingRecord } from './records.ts'

/** Writes records as one produce request; rejects when it is not known that all of them are in the log. */
export interface BatchSender {
  readonly send: (records: readonly OutgoingRecord[]) => Promise<void>
  readonly close: () => Promise<void>
}

export interface SenderOptions {
  readonly kafka: Kafka
  /** Milliseconds that the broker may wait for its replicas. */
  readonly ackTimeoutMs?: number
}

/**
 * A kafkajs producer that is replaced after every failure. kafkajs keeps a connection on which a request has timed out,
 * and would go on using it for as long as the kernel takes to give a dead peer up. One attempt a call: whether to try
 * again is the caller's decision. Resolves once connected.
 */
export const connectSender = async ({
  kafka,
  ackTimeoutMs = 10_000,
}: SenderOptions): Promise<BatchSender> => {
  let closed = false
  const connect = async (): Promise<Producer> => {
    const producer = kafka.producer({
      idempotent: false,
      allowAutoTopicCreation: false,
      createPartitioner: partitionByKey,
      retry: { retries: 0 },
    })
    await producer.connect()
    return producer
  }
  let current: Producer | undefined = await connect()

  return {
    send: async (records) => {
      const producer = current ?? (await connect())
      current = producer
      try {
        await producer.sendBatch({ acks: -1, timeout: ackTimeoutMs, topicMessages: byTopic(records) })
      } catch (error) {
        current = undefined
        if (!closed) void producer.disconnect().catch(() => {})
        throw error
      }
    },
    close: async () => {
      closed = true
      await current?.disconnect()
    },
  }
}

const byTopic = (records: readonly OutgoingRecord[]) => {
  const topics = new Map<string, Message[]>()
  for (const { topic, key, value, headers } of records) {
    const message = { key, value: asBuffer(value), headers }
    const messages = topics.get(topic)
    if (messages === undefined) topics.set(topic, [message])
    else messages.push(message)
  }
  return [...topics].map(([topic, messages]) => ({ topic, messages }))
}

const asBuffer = (value: Uint8Array | string): Buffer =>
  typeof value === 'string'
    ? Buffer.from(value)
    : Buffer.isBuffer(value)
      ? value
      : Buffer.from(value.buffer, value.byteOffset, value.byteLength)
