import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { uniqueName, waitUntil } from '@keyflow/devstack'
import {
  createMasterKeys,
  createPersonalVault,
  createRegistry,
  defineConfig,
  kafkaFields,
  type MasterKeys,
  openConsumerService,
  PERSONAL_KEYS,
  type PersonalVault,
  toErasureRecords,
  toPersonalRecord,
} from '@keyflow/runtime'
import { ConfigResourceTypes } from 'kafkajs'
import { createWorld } from './store-under-test.ts'

type World = Awaited<ReturnType<typeof createWorld>>

describe('personal data', () => {
  let world: World
  const masterKeys = createMasterKeys([['one', randomBytes(32)]])
  const closers: (() => Promise<void>)[] = []
  beforeAll(async () => {
    world = await createWorld()
  }, 60_000)
  afterAll(async () => {
    for (const close of closers) await close()
    await world.stop()
  }, 60_000)

  /** A replica's vault: its own memory over the same database. */
  const vault = (keys: MasterKeys = masterKeys): PersonalVault =>
    createPersonalVault({
      store: world.store,
      publisher: world.publisher,
      topic: world.personalTopic,
      masterKeys: keys,
      cacheMs: 200,
    })

  /** A service with a database of its own that keeps keys as the topic says. */
  const service = async (erased: string[] = [], keys: MasterKeys = masterKeys) => {
    const database = uniqueName('personal')
    const opened = await openConsumerService<string>({
      service: 'test',
      groupId: `${world.name}.${database}`,
      topics: [world.topic],
      deadLetterTopic: `${world.name}.keyflow.dead-letters`,
      config: {
        ...defineConfig('test', kafkaFields).load({}),
        kafkaBrokers: world.brokers,
        topicPrefix: `${world.name}.`,
        personalMasterKeys: keys,
        mongodbUrl: world.mongoUrl,
        mongodbDatabase: database,
        batchRecords: 100,
        partitionsAtOnce: 2,
        failpoints: '',
      },
      collections: [],
      decode: () => ({ kind: 'ignored', eventType: 'test' }),
      apply: async () => ({ outbox: [] }),
      onErased: async (subjects) => void erased.push(...subjects),
      clock: () => new Date(),
      logger: world.logger,
      registry: createRegistry({ defaults: false }),
      onFatal: () => {},
      signal: new AbortController().signal,
    })
    closers.push(async () => {
      await opened.store.db.dropDatabase()
      await opened.stop()
    })
    await opened.consume()
    return opened
  }

  const erase = (subject: string) =>
    world.publisher.publishAll(
      toErasureRecords(world.personalTopic, {
        erasureId: uniqueName('erasure'),
        subjects: [subject],
        at: '2026-11-24T00:00:00.000Z',
        actor: 'ops',
        reason: 'asked to',
      }),
    )

  const rows = () => world.store.db.collection<{ _id: string; keys: unknown[] }>(PERSONAL_KEYS.name)

  it('is sealed with one key, however many replicas meet a person at the same moment', async () => {
    const replicas = Array.from({ length: 12 }, () => vault())
    const sealed = await Promise.all(replicas.map((replica, n) => replica.seal('race', { n })))
    expect((await rows().findOne({ _id: 'race' }))?.keys).toHaveLength(1)
    const opened = await vault().openAll(sealed.map(String))
    expect(opened).toEqual(replicas.map((_, n) => ({ kind: 'opened', value: { n } })))
  })

  it('of known persons costs no round trip', async () => {
    const one = createPersonalVault({ ...world, topic: world.personalTopic, masterKeys })
    const keyOf = (sealed: string | null | undefined) => sealed?.split('.')[2]
    const first = await one.seal('known', 1)
    // Whoever asked the database now would find nobody, and make another key.
    await rows().deleteOne({ _id: 'known' })
    const values = Array.from({ length: 1000 }, (_, n) => ({ subject: 'known', value: { n } }))
    expect(new Set((await one.sealAll(values)).map(keyOf))).toEqual(new Set([keyOf(first)]))
    expect(await rows().findOne({ _id: 'known' })).toBeNull()
  })

  it('that left in a topic is opened by another service, and by none once the person is erased', async () => {
    const erased: string[] = []
    const [here, there] = [await service(erased), await service()]
    const leaving = String(await here.personal.seal('traveler', 'ada@example.com', { leaves: true }))
    const staying = String(await there.personal.seal('traveler', 'ada@example.com'))
    const opens = async (kind: string) => (await there.personal.open(leaving)).kind === kind
    await waitUntil(() => opens('opened'), { what: 'the key to arrive', deadlineMs: 20_000 })
    await erase('traveler')
    const isGone = async () => {
      const all = [
        await here.personal.open(leaving),
        await there.personal.open(leaving),
        await there.personal.open(staying),
      ]
      return all.every(({ kind }) => kind === 'erased')
    }
    await waitUntil(isGone, { what: 'the erasure to arrive', deadlineMs: 20_000 })
    expect(erased).toEqual(['traveler'])
    expect(await here.personal.seal('traveler', 'again')).toBeNull()
    for (const { store } of [here, there])
      expect(await store.db.collection(PERSONAL_KEYS.name).findOne({ keys: { $ne: [] } })).toBeNull()
  }, 60_000)

  it('stays erased when the log is read again from its beginning, keys after the erasure included', async () => {
    const wrapped = masterKeys.wrap('phoenix', 'k1', randomBytes(32))
    const record = toPersonalRecord(world.personalTopic, { kind: 'key', subject: 'phoenix', ...wrapped })
    await world.publisher.publish(record)
    await erase('phoenix')
    // A service that had not heard of the erasure made another one.
    const late = masterKeys.wrap('phoenix', 'k2', randomBytes(32))
    await world.publisher.publish(
      toPersonalRecord(world.personalTopic, { kind: 'key', subject: 'phoenix', ...late }),
    )
    const rebuilt = await service()
    const row = () =>
      rebuilt.store.db
        .collection<{ _id: string; erasedAt: Date | null }>(PERSONAL_KEYS.name)
        .findOne({ _id: 'phoenix' })
    await waitUntil(async () => (await row())?.erasedAt instanceof Date, {
      what: 'erasure',
      deadlineMs: 20_000,
    })
    const claims = rebuilt.store.db.collection('idempotency')
    await waitUntil(async () => (await claims.countDocuments({ _id: /phoenix/ as never })) === 3, {
      what: 'all three records to be read',
      deadlineMs: 20_000,
    })
    expect(await row()).toMatchObject({ keys: [] })
    expect(await rebuilt.personal.seal('phoenix', 'back')).toBeNull()
  }, 60_000)

  it('has its keys on a topic that keeps the newest of each and loses older ones within a week', async () => {
    const admin = world.kafka.admin()
    await admin.connect()
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: world.personalTopic }],
    })
    await admin.disconnect()
    const settings = new Map(
      resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]),
    )
    expect(settings.get('cleanup.policy')).toBe('compact')
    expect(Number(settings.get('max.compaction.lag.ms'))).toBe(7 * 86_400_000)
  })

  it('changes its master key without being sealed anew, and boots only with the ones that are needed', async () => {
    const [old, young] = [randomBytes(32), randomBytes(32)]
    const first = createMasterKeys([['old', old]])
    const sealed = String(await vault(first).seal('rotated', 'value'))
    const both = createMasterKeys([
      ['young', young],
      ['old', old],
      ['one', randomBytes(32)],
    ])
    const { assertMasterKeys, rewrapKeys } = await import('../src/personal/rewrap-keys.ts')
    const options = { ...world, topic: world.personalTopic }
    await world.store.db.collection(PERSONAL_KEYS.name).deleteMany({ 'keys.masterId': 'one' })
    expect(await rewrapKeys({ ...options, masterKeys: both })).toBe(1)
    // Erased persons have no keys, and need no master key: once, no service whose database knew one could boot again.
    const rows = world.store.db.collection<{ _id: string }>(PERSONAL_KEYS.name)
    await rows.insertOne({ _id: 'gone', keys: [], erasedAt: new Date() } as { _id: string })
    const only = createMasterKeys([['young', young]])
    await assertMasterKeys({ ...options, masterKeys: only })
    expect(await vault(only).open(sealed)).toEqual({ kind: 'opened', value: 'value' })
    await expect(assertMasterKeys({ ...options, masterKeys: first })).rejects.toThrow('young')
  })
})
