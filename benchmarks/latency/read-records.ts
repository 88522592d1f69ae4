import { createKafka, createLogger } from '@keyflow/runtime'

export interface ReadRecord {
  readonly value: string
  readonly headers: Readonly<Record<string, string>>
  /** Unix milliseconds at which its produce request was made. */
  readonly timestamp: number
}

/** Every record of a topic up to what its end is now. */
export const readRecords = async (
  brokers: readonly string[],
  topic: string,
): Promise<readonly ReadRecord[]> => {
  const logger = createLogger({ service: 'benchmark', level: 'silent' })
  const kafka = createKafka({ clientId: 'benchmark', brokers, logger })
  const admin = kafka.admin()
  await admin.connect()
  const ends = await admin.fetchTopicOffsets(topic).finally(() => admin.disconnect())
  const expected = ends.reduce((sum, { offset }) => sum + Number(offset), 0)
  const records: ReadRecord[] = []
  if (expected === 0) return records
  const consumer = kafka.consumer({ groupId: `benchmark-${topic}` })
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  await new Promise<void>((resolve) => {
    void consumer.run({
      autoCommit: false,
      eachMessage: async ({ message }) => {
        const headers = Object.entries(message.headers ?? {}).map(
          ([name, value]) => [name, String(value)] as const,
        )
        records.push({
          value: String(message.value),
          headers: Object.fromEntries(headers),
          timestamp: Number(message.timestamp),
        })
        if (records.length === expected) resolve()
      },
    })
  })
  await consumer.disconnect()
  return records
}
