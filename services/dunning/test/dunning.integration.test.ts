import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ALL_TOPICS, DunningEvent, HEADER, TOPICS } from '@keyflow/contracts'
import { createTopics, sharedStack, uniqueName, waitUntil } from '@keyflow/devstack'
import {
  type App,
  type ConsumerRunner,
  connectStore,
  createKafka,
  createLogger,
  createPublisher,
  type IncomingRecord,
  type RecordPublisher,
  type Store,
  startConsumer,
} from '@keyflow/runtime'
import { Value } from 'typebox/value'
import { createApp } from '../src/app.ts'
import { config } from '../src/config.ts'

const logger = createLogger({ service: 'test', level: 'silent' })
const name = uniqueName('dunning')
const prefix = `${name}.`
const records: IncomingRecord[] = []
let store: Store
let publisher: RecordPublisher
let reader: ConsumerRunner
let app: App

beforeAll(async () => {
  const { brokers, mongoUrl } = await sharedStack()
  await createTopics(brokers, ALL_TOPICS, { prefix, partitions: 2 })
  const kafka = createKafka({ clientId: 'test', brokers, logger })
  publisher = await createPublisher({ kafka })
  store = await connectStore({ url: mongoUrl, database: name, appName: 'test' })
  const onFatal = (error: Error): never => {
    throw error
  }
  reader = await startConsumer({
    kafka,
    groupId: `${prefix}reader`,
    topics: [`${prefix}${TOPICS.dunningEvents.name}`],
    batchRecords: 100,
    partitionsAtOnce: 1,
    handle: async (batch) => {
      records.push(...batch)
    },
    onFatal,
    logger,
  })
  app = createApp(
    config.load({
      KAFKA_BROKERS: brokers.join(','),
      MONGODB_URL: mongoUrl,
      MONGODB_DATABASE: name,
      TOPIC_PREFIX: prefix,
      PERSONAL_MASTER_KEYS: `test:${Buffer.alloc(32, 5).toString('base64')}`,
      HTTP_PORT: '0',
      OPS_PORT: '0',
    }),
    { logger, onFatal, signal: new AbortController().signal },
  )
  await app.start()
}, 60_000)

afterAll(async () => {
  await app?.stop()
  await reader?.stop()
  await publisher?.close()
  await store?.db.dropDatabase()
  await store?.client.close()
})

const invoiceEvent = (
  type: 'payment_failed' | 'paid',
  of: { subscription: string; invoice: string; at: number; id?: string },
) => ({
  id: of.id ?? `evt_${randomUUID()}`,
  object: 'event',
  type: `invoice.${type}`,
  api_version: '2026-09-30.endive',
  created: of.at,
  livemode: false,
  data: {
    object: {
      id: of.invoice,
      object: 'invoice',
      customer: 'cus_1',
      status: type === 'paid' ? 'paid' : 'open',
      billing_reason: 'subscription_cycle',
      collection_method: 'charge_automatically',
      currency: 'eur',
      amount_due: 1900,
      amount_paid: type === 'paid' ? 1900 : 0,
      amount_remaining: type === 'paid' ? 0 : 1900,
      attempt_count: 1,
      parent: { type: 'subscription_details', subscription_details: { subscription: of.subscription } },
      lines: { object: 'list', data: [], has_more: false },
    },
  },
})

const publish = (event: object, key = 'platform:test:cus_1'): Promise<void> =>
  publisher.publish({
    topic: `${prefix}${TOPICS.stripeEvents.name}`,
    key,
    value: JSON.stringify(event),
    headers: { [HEADER.receivedAt]: '1790000000123' },
  })

const eventsOf = (subscription: string): DunningEvent[] =>
  records
    .map((record) => JSON.parse(Buffer.from(record.value ?? []).toString('utf8')) as DunningEvent)
    .filter((event) => event.subscription === subscription)

const said = (subscription: string, count: number) =>
  waitUntil(() => eventsOf(subscription).length >= count && eventsOf(subscription), {
    what: `${count} dunning event(s)`,
    deadlineMs: 15_000,
  })

describe('dunning on a real Kafka and a real MongoDB', () => {
  it('says that a case has opened and closed, with fence, debts and where it came from', async () => {
    const story = { subscription: 'sub_a', invoice: 'in_a' }
    await publish(invoiceEvent('payment_failed', { ...story, at: 1_790_000_000, id: 'evt_a' }))
    const [opened] = await said('sub_a', 1)
    expect(Value.Check(DunningEvent, opened)).toBe(true)
    expect(opened).toMatchObject({
      id: 'platform:test:sub_a:1',
      type: 'dunning.case_opened',
      seq: 1,
      outstanding: { eur: 1900 },
      anchorAt: '2026-09-21T14:13:20.000Z',
      cause: ['evt_a'],
    })
    await publish(invoiceEvent('paid', { ...story, at: 1_790_000_100 }))
    const [, closed] = await said('sub_a', 2)
    expect(closed).toMatchObject({
      type: 'dunning.case_closed',
      seq: 2,
      outcome: 'recovered',
      outstanding: {},
    })
    const record = records.find(({ headers }) => headers[HEADER.id] === 'platform:test:sub_a:2')
    expect(record?.key).toBe('platform:test:cus_1')
    expect(record?.headers).toMatchObject({
      [HEADER.type]: 'io.keyflow.dunning.case_closed.v1',
      [HEADER.receivedAt]: '1790000000123',
    })
  })

  it('opens one case, however often and through whichever partition the failure comes', async () => {
    const event = invoiceEvent('payment_failed', {
      subscription: 'sub_b',
      invoice: 'in_b',
      at: 1_790_000_000,
    })
    await Promise.all(Array.from({ length: 50 }, (_, n) => publish(event, `key-${n}`)))
    await said('sub_b', 1)
    await publish(invoiceEvent('paid', { subscription: 'sub_b', invoice: 'in_b', at: 1_790_000_001 }))
    const events = await said('sub_b', 2)
    expect(events.map(({ type }) => type)).toEqual(['dunning.case_opened', 'dunning.case_closed'])
  })

  it('says nothing of a failure that arrives after its payment, and sends poison to the dead letters', async () => {
    const story = { subscription: 'sub_c', invoice: 'in_c' }
    await publish(invoiceEvent('paid', { ...story, at: 1_790_000_100 }))
    await publisher.publish({
      topic: `${prefix}${TOPICS.stripeEvents.name}`,
      key: 'platform:test:cus_1',
      value: Buffer.from([0, 159, 146, 150]),
      headers: {},
    })
    await publish(invoiceEvent('payment_failed', { ...story, at: 1_790_000_000 }))
    await publish(
      invoiceEvent('payment_failed', { subscription: 'sub_d', invoice: 'in_d', at: 1_790_000_000 }),
    )
    await said('sub_d', 1)
    expect(eventsOf('sub_c')).toEqual([])
    const letters = await store.db.collection('dead_letters').find().toArray()
    expect(letters.map(({ code }) => code)).toEqual(['not_json'])
  })
})
