import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ALL_TOPICS, DunningEvent, HEADER, type MailEvent, TOPICS } from '@keyflow/contracts'
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
import { config, type DunningConfig } from '../src/config.ts'
import { type DunningRebuild, openDunningRebuild } from '../src/rebuild.ts'
import { startFakeStripe } from './fake-stripe.ts'
import { QUICK_POLICY } from './quick-policy.ts'
import { invoiceEvent } from './run-dunning.ts'

const logger = createLogger({ service: 'test', level: 'silent' })
const name = uniqueName('dunning')
const prefix = `${name}.`
const records: IncomingRecord[] = []
let store: Store
let publisher: RecordPublisher
let reader: ConsumerRunner
let app: App
let start: () => Promise<App>
let settings: DunningConfig
let rebuild: DunningRebuild | undefined
const failures: Error[] = []
let stripe: Awaited<ReturnType<typeof startFakeStripe>>
let folder: string

beforeAll(async () => {
  const { brokers, mongoUrl } = await sharedStack()
  stripe = await startFakeStripe()
  folder = mkdtempSync(join(tmpdir(), 'dunning-'))
  writeFileSync(join(folder, 'policy.yaml'), QUICK_POLICY)
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
  settings = config.load({
    KAFKA_BROKERS: brokers.join(','),
    MONGODB_URL: mongoUrl,
    MONGODB_DATABASE: name,
    TOPIC_PREFIX: prefix,
    PERSONAL_MASTER_KEYS: `test:${Buffer.alloc(32, 5).toString('base64')}`,
    STRIPE_API_KEY: 'sk_test_dunning12',
    STRIPE_API_BASE: stripe.url,
    DUNNING_POLICY_FILE: join(folder, 'policy.yaml'),
    DUNNING_BASKET_MS: '0',
    DUNNING_POLL_MS: '100',
    HTTP_PORT: '0',
    OPS_PORT: '0',
  })
  start = async () => {
    const made = createApp(settings, {
      logger,
      onFatal: (error) => failures.push(error),
      signal: new AbortController().signal,
    })
    await made.start()
    return made
  }
  app = await start()
}, 60_000)

afterAll(async () => {
  await app?.stop()
  await stripe?.close()
  rmSync(folder, { recursive: true, force: true })
  await reader?.stop()
  await publisher?.close()
  await store?.client.db(`${name}_rebuilt`).dropDatabase()
  await rebuild?.close()
  await store?.db.dropDatabase()
  await store?.client.close()
})

const NOW = Math.floor(Date.now() / 1000)

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
    .sort((a, b) => a.seq - b.seq)

/** What happened to the case; mails apart. */
const changesOf = (subscription: string): DunningEvent[] =>
  eventsOf(subscription).filter(({ type }) => type !== 'dunning.notice_requested')

const said = (subscription: string, count: number) =>
  waitUntil(() => changesOf(subscription).length >= count && changesOf(subscription), {
    what: `${count} change(s) of a case`,
    deadlineMs: 15_000,
  })

describe('dunning on a real Kafka and a real MongoDB', () => {
  it('says that a case has opened and closed, with fence, debts and where it came from', async () => {
    const story = { subscription: 'sub_a', invoice: 'in_a' }
    await publish(invoiceEvent('payment_failed', { ...story, at: NOW, id: 'evt_a' }))
    const [opened] = await said('sub_a', 1)
    expect(Value.Check(DunningEvent, opened)).toBe(true)
    expect(opened).toMatchObject({
      id: 'platform:test:sub_a:1',
      type: 'dunning.case_opened',
      seq: 1,
      outstanding: { eur: 1900 },
      anchorAt: new Date(NOW * 1000).toISOString(),
      cause: ['evt_a'],
    })
    await publish(invoiceEvent('paid', { ...story, at: NOW + 100 }))
    const [, closed] = await said('sub_a', 2)
    expect(closed).toMatchObject({
      type: 'dunning.case_closed',
      outcome: 'recovered',
      outstanding: {},
    })
    const record = records.find(({ headers }) => headers[HEADER.id] === closed?.id)
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
      at: NOW,
    })
    await Promise.all(Array.from({ length: 50 }, (_, n) => publish(event, `key-${n}`)))
    await said('sub_b', 1)
    await publish(invoiceEvent('paid', { subscription: 'sub_b', invoice: 'in_b', at: NOW + 1 }))
    const events = await said('sub_b', 2)
    expect(events.map(({ type }) => type)).toEqual(['dunning.case_opened', 'dunning.case_closed'])
  })

  it('says nothing of a failure that arrives after its payment, and sends poison to the dead letters', async () => {
    const story = { subscription: 'sub_c', invoice: 'in_c' }
    await publish(invoiceEvent('paid', { ...story, at: NOW + 100 }))
    await publisher.publish({
      topic: `${prefix}${TOPICS.stripeEvents.name}`,
      key: 'platform:test:cus_1',
      value: Buffer.from([0, 159, 146, 150]),
      headers: {},
    })
    await publish(invoiceEvent('payment_failed', { ...story, at: NOW }))
    await publish(invoiceEvent('payment_failed', { subscription: 'sub_d', invoice: 'in_d', at: NOW }))
    await said('sub_d', 1)
    expect(eventsOf('sub_c')).toEqual([])
    const letters = await store.db.collection('dead_letters').find().toArray()
    expect(letters.map(({ code }) => code)).toEqual(['not_json'])
  })

  it('takes the shipped steps in their order, restricts only behind an accepted mail, and lifts all when it is paid', async () => {
    const story = { subscription: 'sub_e', invoice: 'in_e', at: Math.floor(Date.now() / 1000) }
    const failed = invoiceEvent('payment_failed', story)
    stripe.put(failed.data.object)
    stripe.put({ id: 'sub_e', ...UNPAID_SUBSCRIPTION })
    const stopPostman = deliverMailsOf('sub_e')
    try {
      await publish(failed)
      const [opened, downgraded, suspended] = await said('sub_e', 3)
      expect(opened?.restriction).toBeUndefined()
      expect(downgraded).toMatchObject({
        type: 'dunning.restricted',
        restriction: { level: 'downgraded', tier: 'free' },
      })
      expect(suspended).toMatchObject({ type: 'dunning.restricted', restriction: { level: 'suspended' } })
      await publish(invoiceEvent('paid', { ...story, at: story.at + 9 }))
      const closed = (await said('sub_e', 4)).at(-1)
      expect(closed).toMatchObject({
        type: 'dunning.case_closed',
        outcome: 'recovered',
        restriction: { level: 'none' },
      })
      await waitUntil(() => templatesOf('sub_e').includes('payment_recovered'), {
        what: 'the mail that says that all is well',
        deadlineMs: 15_000,
      })
    } finally {
      stopPostman()
    }
    const events = eventsOf('sub_e')
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, n) => n + 1))
    // On a slow machine the reminder may overtake the warning: nobody gets two mails for one moment.
    expect(templatesOf('sub_e').filter((template) => template !== 'payment_failed')).toEqual([
      'payment_reminder',
      'license_downgraded',
      'license_suspended',
      'payment_recovered',
    ])
    expect(stripe.asked).toContain('in_e')
    for (const event of events) expect([...Value.Errors(DunningEvent, event)]).toEqual([])
  })

  it('is built anew from the log under the running service, and goes on where it was: no fence and no step twice', async () => {
    const built = await openDunningRebuild(settings, logger, { into: `${name}_rebuilt` })
    rebuild = built
    const isSame = async (): Promise<boolean> => {
      await built.fold()
      return (await built.compare()).isSame
    }
    await waitUntil(isSame, { what: 'the same cases', deadlineMs: 30_000, everyMs: 500 })

    const story = { subscription: 'sub_f', invoice: 'in_f', at: Math.floor(Date.now() / 1000) }
    const failed = invoiceEvent('payment_failed', story)
    stripe.put(failed.data.object)
    stripe.put({ id: 'sub_f', ...UNPAID_SUBSCRIPTION })
    const stopPostman = deliverMailsOf('sub_f')
    try {
      await publish(failed)
      await said('sub_f', 2)
      await built.switchOver()
      await waitUntil(() => failures.length > 0, { what: 'the service to notice', deadlineMs: 15_000 })
      expect(failures).toMatchObject([{ code: 'DATABASE_REPLACED' }])
      await app.stop()
      app = await start()
      const suspended = (await said('sub_f', 3)).at(-1)
      expect(suspended).toMatchObject({ type: 'dunning.restricted', restriction: { level: 'suspended' } })
      await publish(invoiceEvent('paid', { ...story, at: story.at + 9 }))
      await waitUntil(() => templatesOf('sub_f').includes('payment_recovered'), {
        what: 'the mail that says that all is well',
        deadlineMs: 15_000,
      })
    } finally {
      stopPostman()
    }
    const events = eventsOf('sub_f')
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, n) => n + 1))
    const templates = templatesOf('sub_f')
    expect(templates).toEqual([...new Set(templates)])
    // Nothing of what was settled before is said again.
    for (const settled of ['sub_a', 'sub_b', 'sub_c', 'sub_e'])
      expect(new Set(eventsOf(settled).map(({ id }) => id)).size).toBe(eventsOf(settled).length)
    expect(changesOf('sub_e')).toHaveLength(4)
  }, 120_000)
})

const UNPAID_SUBSCRIPTION = {
  object: 'subscription',
  customer: 'cus_1',
  status: 'past_due',
  items: { data: [] },
}

const templatesOf = (subscription: string) =>
  eventsOf(subscription).flatMap(({ notice }) => notice?.template ?? [])

/** Reports every mail of a case as accepted, until it is told to stop. */
const deliverMailsOf = (subscription: string): (() => void) => {
  const reported = new Set<string>()
  const timer = setInterval(() => {
    for (const event of eventsOf(subscription)) {
      if (event.notice === undefined || reported.has(event.id)) continue
      reported.add(event.id)
      void publisher.publish(acceptedMail(event.notice.key, event))
    }
  }, 50)
  return () => clearInterval(timer)
}

const acceptedMail = (key: string, event: DunningEvent) => ({
  topic: `${prefix}${TOPICS.mailEvents.name}`,
  key: 'platform:test:cus_1',
  headers: {},
  value: JSON.stringify({
    id: `${key}:mail.accepted`,
    type: 'mail.accepted',
    schemaVersion: 1,
    at: new Date().toISOString(),
    account: event.account,
    livemode: event.livemode,
    message: key,
    template: event.notice?.template,
    customer: event.customer,
    licenseId: null,
    notice: { caseId: event.caseId, key },
    reason: null,
  } satisfies Record<keyof MailEvent, unknown>),
})
