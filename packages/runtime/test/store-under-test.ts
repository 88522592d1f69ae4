import { randomBytes } from 'node:crypto'
import { ALL_TOPICS, TOPICS } from '@keyflow/contracts'
import { createTopics, sharedStack, uniqueName } from '@keyflow/devstack'
import {
  type BatchProcessorOptions,
  CLAIMS,
  connectStore,
  createBatchMetrics,
  createBatchProcessor,
  createFailpoints,
  createKafka,
  createLogger,
  createMasterKeys,
  createPersonalVault,
  createPublisher,
  createRegistry,
  DEAD_LETTERS,
  type IncomingRecord,
  migrate,
  OUTBOX,
  PERSONAL_KEYS,
  type RecordPublisher,
} from '@keyflow/runtime'

const logger = createLogger({ service: 'test', level: 'silent' })

/** A database and topics of a test's own, and a processor that counts what it applies. */
export const createWorld = async () => {
  const { brokers, mongoUrl } = await sharedStack()
  const name = uniqueName('runtime')
  await createTopics(brokers, ALL_TOPICS, { prefix: `${name}.`, partitions: 2 })
  const store = await connectStore({ url: mongoUrl, database: name, appName: 'test' })
  await migrate(store, [CLAIMS, OUTBOX, DEAD_LETTERS, PERSONAL_KEYS, { name: 'applied' }], 'test')
  const kafka = createKafka({ clientId: 'test', brokers, logger })
  const publisher = await createPublisher({ kafka })
  const topic = `${name}.${TOPICS.licenseEvents.name}`
  const applied = store.db.collection<{ _id: string; times: number }>('applied')

  const personalTopic = `${name}.${TOPICS.personalKeys.name}`
  const personal = createPersonalVault({
    store,
    publisher,
    topic: personalTopic,
    masterKeys: createMasterKeys([['test', randomBytes(32)]]),
  })

  const processor = (
    overrides: Partial<BatchProcessorOptions<string>> = {},
    publishWith: RecordPublisher = publisher,
  ) =>
    createBatchProcessor<string>({
      service: 'test',
      store,
      publisher: publishWith,
      personal,
      deadLetterTopic: `${name}.${TOPICS.deadLetters.name}`,
      decode: (record) => {
        const text = Buffer.from(record.value ?? []).toString()
        return text === 'garbage'
          ? { kind: 'dead', code: 'garbage', reason: 'it is garbage' }
          : { kind: 'item', id: text, item: text, eventType: 'test' }
      },
      apply: async (items, { session }) => {
        for (const { item } of items)
          await applied.updateOne({ _id: item }, { $inc: { times: 1 } }, { upsert: true, session })
        return {
          outbox: items.map(({ id }) => ({ id: `out-${id}`, topic, key: id, value: id, headers: {} })),
        }
      },
      metrics: createBatchMetrics(createRegistry({ defaults: false }), 'test'),
      logger,
      clock: () => new Date(),
      failpoint: createFailpoints(''),
      ...overrides,
    })

  return {
    name,
    brokers,
    mongoUrl,
    kafka,
    store,
    publisher,
    topic,
    personal,
    personalTopic,
    applied,
    logger,
    processor,
    timesOf: async (id: string): Promise<number> => (await applied.findOne({ _id: id }))?.times ?? 0,
    stop: async (): Promise<void> => {
      await publisher.close()
      await store.db.dropDatabase()
      await store.client.close()
    },
  }
}

export const recordsOf = (values: readonly string[], partition = 0, from = 0): IncomingRecord[] =>
  values.map((value, at) => ({
    topic: 'in',
    partition,
    offset: String(from + at),
    key: value,
    value: Buffer.from(value),
    headers: {},
    timestamp: Date.now(),
  }))
