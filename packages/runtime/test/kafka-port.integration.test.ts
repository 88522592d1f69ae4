import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  createTopics,
  type KafkaServer,
  sharedStack,
  startKafka,
  uniqueName,
  waitUntil,
} from '@keyflow/devstack'
import {
  createKafka,
  createLogger,
  createPublisher,
  type RecordPublisher,
  startConsumer,
} from '@keyflow/runtime'
import type { Kafka } from 'kafkajs'
import { describeKafkaPort } from './kafka-port.suite.ts'

const logger = createLogger({ service: 'test', level: 'silent' })
const spec = (name: string, partitions: number) => ({
  name,
  partitions,
  retentionMs: -1,
  maxMessageBytes: 2_000_000,
  doc: '',
})

const consumeWith = (
  kafka: Kafka,
  topic: string,
  group: string,
  handle: Parameters<typeof startConsumer>[0]['handle'],
  batchRecords = 100,
) =>
  startConsumer({
    kafka,
    groupId: group,
    topics: [topic],
    batchRecords,
    partitionsAtOnce: 3,
    handle,
    onFatal: () => {},
    logger,
    sessionTimeoutMs: 6000,
    stopMs: 1500,
  })

let kafka: Kafka
let publisher: RecordPublisher
let brokers: readonly string[]

beforeAll(async () => {
  brokers = (await sharedStack()).brokers
  kafka = createKafka({ clientId: 'port', brokers, logger })
  publisher = await createPublisher({ kafka })
})
afterAll(async () => {
  await publisher.close()
})

describeKafkaPort('kafkajs', {
  createTopic: async (partitions) => {
    const name = uniqueName('port')
    await createTopics(brokers, [spec(name, partitions)])
    return name
  },
  publisher: () => publisher,
  consume: ({ topic, group, handle, batchRecords }) => consumeWith(kafka, topic, group, handle, batchRecords),
})

describe('a broker that fails', () => {
  let server: KafkaServer
  let own: Kafka
  beforeAll(async () => {
    server = await startKafka()
    own = createKafka({ clientId: 'restart', brokers: server.brokers, logger })
  }, 60_000)
  afterAll(async () => {
    await server.stop()
  })

  const read = async () => {
    const topic = uniqueName('restart')
    await createTopics(server.brokers, [spec(topic, 1)])
    const sender = await createPublisher({ kafka: own })
    const seen: string[] = []
    const consumer = await consumeWith(own, topic, `${topic}-g`, async (records) => {
      seen.push(...records.map((record) => Buffer.from(record.value ?? []).toString()))
    })
    const send = (value: string) =>
      sender.publish({ topic, key: 'k', value, headers: {} }, { deadlineMs: 2000 })
    await send('before')
    await waitUntil(() => seen.includes('before'), { what: 'the first record', deadlineMs: 20_000 })
    return { topic, sender, consumer, send, seen }
  }

  it('finds publisher and consumer going on by themselves when it was killed and comes back', async () => {
    const { sender, consumer, send, seen } = await read()
    await server.kill('SIGKILL')
    await expect(send('during')).rejects.toMatchObject({ kind: 'transient' })
    await server.restart()
    await waitUntil(() => send('after').then(() => true), { what: 'publishing again', deadlineMs: 30_000 })
    await waitUntil(() => seen.includes('after'), { what: 'consuming again', deadlineMs: 30_000 })
    await consumer.stop()
    await sender.close()
  }, 120_000)

  it('does not keep a consumer from stopping by hanging; once it answers again the group is left', async () => {
    const { topic, sender, consumer } = await read()
    await server.kill('SIGSTOP')
    const started = performance.now()
    await consumer.stop()
    expect(performance.now() - started).toBeLessThan(2500)
    await server.kill('SIGCONT')
    const admin = own.admin()
    await admin.connect()
    const isLeft = async () => (await admin.describeGroups([`${topic}-g`])).groups[0]?.members.length === 0
    await waitUntil(isLeft, { what: 'the group to be left', deadlineMs: 20_000 })
    await Promise.all([admin.disconnect(), sender.close()])
  }, 60_000)
})
