import { ALL_TOPICS } from '@keyflow/contracts'
import { uniqueName, waitUntil } from '@keyflow/devstack'
import { createKafka, createLogger, type Store, startConsumer } from '@keyflow/runtime'

const logger = createLogger({ service: 'test', level: 'silent' })

/** Every document of every collection as text; bytes as the text that they may be. */
export const scanStores = async (stores: readonly Store[]): Promise<readonly string[]> => {
  const texts: string[] = []
  for (const { db } of stores)
    for (const { name } of await db.listCollections().toArray())
      for await (const document of db.collection(name).find()) texts.push(JSON.stringify(document, withBytes))
  return texts
}

/** Every record of every topic but some: key, value and headers. */
export const scanTopics = async (
  brokers: readonly string[],
  prefix: string,
  except: readonly string[],
): Promise<readonly string[]> => {
  const topics = ALL_TOPICS.map(({ name }) => name).filter((name) => !except.includes(name))
  const kafka = createKafka({ clientId: 'scan', brokers, logger })
  const admin = kafka.admin()
  await admin.connect()
  let expected = 0
  for (const topic of topics)
    for (const { high, low } of await admin.fetchTopicOffsets(prefix + topic))
      expected += Number(high) - Number(low)
  await admin.disconnect()
  const texts: string[] = []
  const reader = await startConsumer({
    kafka,
    groupId: uniqueName('scan'),
    topics: topics.map((topic) => prefix + topic),
    batchRecords: 500,
    partitionsAtOnce: 4,
    handle: async (records) => {
      for (const { key, value, headers } of records)
        texts.push(JSON.stringify([key, headers, Buffer.from(value ?? []).toString('utf8')]))
    },
    onFatal: () => {},
    logger,
  })
  try {
    await waitUntil(() => texts.length >= expected, { what: 'all topics to be read', deadlineMs: 30_000 })
  } finally {
    await reader.stop()
  }
  return texts
}

/** Bytes turn into base64 before anybody sees them: nobody would find a name in that. */
function withBytes(this: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
  const original = this[key] as { readonly buffer?: unknown } | null | undefined
  const bytes = original instanceof Uint8Array ? original : original?.buffer
  return bytes instanceof Uint8Array ? Buffer.from(bytes).toString('latin1') : value
}
