import { randomUUID } from 'node:crypto'
import { Kafka, logLevel } from 'kafkajs'

export interface WatchedRecord {
  readonly topic: string
  readonly text: string
  /** When it was seen here, Unix milliseconds. */
  readonly seenAt: number
}

export interface TopicWatch {
  /** All records seen since the watch began. */
  readonly records: readonly WatchedRecord[]
  readonly stop: () => Promise<void>
}

/** Reads what is appended to those topics from now on, as a group of its own that nobody else is in. */
export const watchTopics = async (
  brokers: readonly string[],
  topics: readonly string[],
): Promise<TopicWatch> => {
  const kafka = new Kafka({ clientId: 'keyflow-start', brokers: [...brokers], logLevel: logLevel.NOTHING })
  const groupId = `keyflow.start.${randomUUID()}`
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 250, allowAutoTopicCreation: false })
  const records: WatchedRecord[] = []
  await consumer.connect()
  await consumer.subscribe({ topics: [...topics], fromBeginning: false })
  // Until the first fetch, "from now on" has not begun: what is appended before it would be missed.
  const fetching = new Promise<void>((resolve) => {
    consumer.on(consumer.events.FETCH, () => resolve())
  })
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ topic, message }) => {
      records.push({ topic, text: message.value?.toString() ?? '', seenAt: Date.now() })
    },
  })
  await fetching
  return {
    records,
    stop: async () => {
      await consumer.disconnect()
      const admin = kafka.admin()
      await admin.connect()
      await admin.deleteGroups([groupId]).catch(() => undefined)
      await admin.disconnect()
    },
  }
}
