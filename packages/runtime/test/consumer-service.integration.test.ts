import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { ALL_TOPICS, TOPICS } from '@keyflow/contracts'
import {
  createTopics,
  type MongoServer,
  sharedStack,
  startMongo,
  uniqueName,
  waitUntil,
} from '@keyflow/devstack'
import {
  type ConsumerService,
  type ConsumerServiceOptions,
  createKafka,
  createLogger,
  createMasterKeys,
  createPublisher,
  createRegistry,
  defineConfig,
  kafkaFields,
  openConsumerService,
  type RecordPublisher,
} from '@keyflow/runtime'

const logger = createLogger({ service: 'test', level: 'silent' })

describe('a consumer service', () => {
  let brokers: readonly string[]
  let mongo: MongoServer
  let outside: RecordPublisher
  const prefix = `${uniqueName('consumer')}.`
  const topic = `${prefix}${TOPICS.stripeEvents.name}`

  beforeAll(async () => {
    brokers = (await sharedStack()).brokers
    await createTopics(brokers, ALL_TOPICS, { prefix, partitions: 2 })
    outside = await createPublisher({ kafka: createKafka({ clientId: 'outside', brokers, logger }) })
    mongo = await startMongo()
  }, 60_000)
  afterAll(async () => {
    await outside.close()
    await mongo.stop()
  })

  let service: ConsumerService
  const decode: ConsumerServiceOptions<string>['decode'] = ({ value }) => {
    const id = Buffer.from(value ?? []).toString()
    return { kind: 'item', id, item: id, eventType: 'test' }
  }
  const freeze = (signal: 'SIGSTOP' | 'SIGCONT') => process.kill(mongo.pid ?? Number.NaN, signal)
  afterEach(async () => {
    freeze('SIGCONT')
    await service.stop()
  })

  const open = (overrides: Partial<ConsumerServiceOptions<string>> = {}): Promise<ConsumerService> =>
    openConsumerService<string>({
      service: 'test',
      groupId: `${prefix}test`,
      topics: [topic],
      deadLetterTopic: `${prefix}${TOPICS.deadLetters.name}`,
      config: {
        ...defineConfig('test', kafkaFields).load({}),
        kafkaBrokers: brokers,
        topicPrefix: prefix,
        personalMasterKeys: createMasterKeys([['test', randomBytes(32)]]),
        mongodbUrl: mongo.url,
        mongodbDatabase: 'consumer',
        batchRecords: 100,
        partitionsAtOnce: 2,
        failpoints: '',
      },
      collections: [{ name: 'applied' }],
      decode,
      apply: async (items, { session, store }) => {
        await store.db.collection('applied').insertMany(
          items.map(({ item }) => ({ item })),
          { session },
        )
        return { outbox: [] }
      },
      clock: () => new Date(),
      logger,
      registry: createRegistry({ defaults: false }),
      onFatal: () => {},
      signal: new AbortController().signal,
      ...overrides,
    })

  const send = (value: string) => outside.publish({ topic, key: value, value, headers: {} })
  const until = (what: string, probe: () => boolean | Promise<boolean>) =>
    waitUntil(probe, { what, deadlineMs: 30_000 })
  const isReady = async () => Object.values(await service.checks()).every((holds) => holds)
  const timesOf = (item: string) => service.store.db.collection('applied').countDocuments({ item })

  it('is not ready before it consumes, and is once it does; what came before is not missed', async () => {
    await send('early')
    service = await open()
    expect(await service.checks()).toEqual({ kafka: false, mongodb: true })
    expect(service.isLive()).toBe(true)
    await service.consume()
    await until('readiness', isReady)
    await until('the record', async () => (await timesOf('early')) === 1)
  }, 60_000)

  it('tells within 2 s that its database is frozen, and goes on once it thaws, with nothing lost', async () => {
    service = await open()
    await service.consume()
    await until('readiness', isReady)
    freeze('SIGSTOP')
    const asked = performance.now()
    expect(await service.checks()).toMatchObject({ mongodb: false })
    expect(performance.now() - asked).toBeLessThan(2000)
    await send('meanwhile')
    freeze('SIGCONT')
    await until('readiness', isReady)
    await until('the record', async () => (await timesOf('meanwhile')) === 1)
  }, 90_000)

  it('leaves no member of its group behind when it is stopped while it joins', async () => {
    const { promise: joining, resolve: joins } = Promise.withResolvers<void>()
    let isOpen = false
    const socketFactory: ConsumerServiceOptions<string>['socketFactory'] = ({ host, port, onConnect }) => {
      // The publisher has its connections by now: this one is the consumer's.
      if (isOpen) joins()
      return connect({ host, port }, onConnect)
    }
    const stopped = await open({ socketFactory })
    isOpen = true
    const consuming = stopped.consume()
    await joining
    await Promise.all([stopped.stop(), consuming])
    service = await open()
    await service.consume()
    const values = Array.from({ length: 10 }, (_, at) => `to the next ${at}`)
    await Promise.all(values.map(send))
    for (const value of values) await until(value, async () => (await timesOf(value)) === 1)
  }, 60_000)

  it('stops in its time while its database is frozen with a record in hand, which comes again', async () => {
    let inHand = false
    service = await open({
      decode: (record) => {
        inHand = true
        return decode(record)
      },
    })
    await service.consume()
    await until('readiness', isReady)
    freeze('SIGSTOP')
    await send('in hand')
    await until('the record', () => inHand)
    const asked = performance.now()
    await service.stop()
    expect(performance.now() - asked).toBeLessThan(20_000)
    freeze('SIGCONT')
    service = await open()
    await service.consume()
    await until('the record again', async () => (await timesOf('in hand')) === 1)
  }, 90_000)
})
