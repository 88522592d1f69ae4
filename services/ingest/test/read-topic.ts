import { createKafka, createLogger, type KafkaOptions, untilAvailable } from '@keyflow/runtime'

export interface ReadRecord {
  readonly partition: number
  readonly key: string
  readonly value: Buffer
  readonly headers: Readonly<Record<string, string>>
}

const logger = createLogger({ service: 'test', level: 'silent' })

const kafkaOf = (brokers: KafkaOptions['brokers']) => createKafka({ clientId: 'audit', brokers, logger })

/** Every record of a topic up to what its end is now. */
export const readTopic = async (
  brokers: readonly string[],
  topic: string,
): Promise<readonly ReadRecord[]> => {
  const kafka = kafkaOf(brokers)
  const admin = kafka.admin()
  await admin.connect()
  // A topic that was just made may not have all its leaders yet.
  const asked = { logger, signal: AbortSignal.timeout(20_000) }
  const ends = await untilAvailable('offsets', () => admin.fetchTopicOffsets(topic), asked).finally(() =>
    admin.disconnect(),
  )
  const expected = ends.reduce((sum, { offset }) => sum + Number(offset), 0)
  const records: ReadRecord[] = []
  if (expected === 0) return records
  const consumer = kafka.consumer({ groupId: `audit-${topic}-${process.hrtime.bigint()}` })
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  await new Promise<void>((resolve) => {
    void consumer.run({
      autoCommit: false,
      eachMessage: async ({ partition, message }) => {
        records.push({
          partition,
          key: String(message.key),
          value: message.value ?? Buffer.alloc(0),
          headers: Object.fromEntries(
            Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]),
          ),
        })
        if (records.length === expected) resolve()
      },
    })
  })
  await consumer.disconnect()
  return records
}

/** Ids of the events on a topic. */
export const idsOn = async (brokers: readonly string[], topic: string): Promise<ReadonlySet<string>> =>
  new Set((await readTopic(brokers, topic)).map(({ headers }) => headers.ce_id ?? ''))
