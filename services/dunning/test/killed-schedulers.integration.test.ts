import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { ALL_TOPICS, type DunningEvent, HEADER, type MailEvent, TOPICS } from '@keyflow/contracts'
import { createTopics, sharedStack, uniqueName, waitUntil } from '@keyflow/devstack'
import {
  type ConsumerRunner,
  type ConsumerService,
  createKafka,
  createLogger,
  createRegistry,
  openConsumerService,
  startConsumer,
  sweepOnce,
} from '@keyflow/runtime'
import { CASES } from '../src/adapters/case-store.ts'
import { CLOCKS } from '../src/adapters/clock-store.ts'
import { CUSTOMERS } from '../src/adapters/customer-store.ts'
import { POLICIES } from '../src/adapters/policy-store.ts'
import { STEP_RUNS } from '../src/adapters/step-runs.ts'
import { TASKS } from '../src/adapters/task-store.ts'
import { config } from '../src/config.ts'
import { createDunningMetrics } from '../src/dunning-metrics.ts'
import { createApplyRecords } from '../src/workers/apply-records.ts'
import { type DunningItem, decodeRecord } from '../src/workers/decode-record.ts'
import { startFakeStripe } from './fake-stripe.ts'
import { CALENDAR, policiesOf } from './memory-dunning.ts'
import { QUICK_POLICY } from './quick-policy.ts'

/** Customers with two subscriptions each; all of their payments fail. */
const CUSTOMERS_COUNT = 20
/** Every point at which a scheduler waits for something; where it has just written, twice. */
const DEATHS = [
  'steps.claimed@1',
  'steps.written@1',
  'steps.committed@1',
  'steps.verified@2',
  'steps.published@1',
  'steps.written@2',
  'steps.committed@2',
]

const logger = createLogger({ service: 'test', level: 'silent' })
const name = uniqueName('killed')
const prefix = `${name}.`
const events = new Map<string, DunningEvent>()
const running = new Set<ChildProcess>()
let stack: Awaited<ReturnType<typeof sharedStack>>
let stripe: Awaited<ReturnType<typeof startFakeStripe>>
let consumer: ConsumerService
let reader: ConsumerRunner
const deaths = [...DEATHS]
let killed = 0

beforeAll(async () => {
  stack = await sharedStack()
  stripe = await startFakeStripe()
  await createTopics(stack.brokers, ALL_TOPICS, { prefix, partitions: 2 })
  const rules = {
    book: policiesOf(QUICK_POLICY),
    calendar: CALENDAR,
    accountZone: 'UTC',
    paymentUrl: () => null,
  }
  const clock = (): Date => new Date()
  const registry = createRegistry({ defaults: false })
  const onFatal = (error: Error): never => {
    throw error
  }
  const topic = (spec: { readonly name: string }): string => `${prefix}${spec.name}`
  consumer = await openConsumerService<DunningItem>({
    service: 'dunning',
    groupId: `${prefix}dunning`,
    topics: [TOPICS.stripeEvents, TOPICS.stripeSnapshots, TOPICS.mailEvents].map(topic),
    deadLetterTopic: topic(TOPICS.deadLetters),
    config: config.load({
      KAFKA_BROKERS: stack.brokers.join(','),
      MONGODB_URL: stack.mongoUrl,
      MONGODB_DATABASE: name,
      TOPIC_PREFIX: prefix,
      PERSONAL_MASTER_KEYS: `test:${Buffer.alloc(32, 5).toString('base64')}`,
    }),
    collections: [CASES, CUSTOMERS, CLOCKS, STEP_RUNS, TASKS, POLICIES],
    decode: decodeRecord,
    apply: createApplyRecords({
      dunningTopic: topic(TOPICS.dunningEvents),
      rules: () => rules,
      basketMs: 300,
      metrics: createDunningMetrics(registry, clock, async () => null),
      wake: () => undefined,
    }),
    clock,
    registry,
    logger,
    onFatal,
    signal: new AbortController().signal,
  })
  reader = await startConsumer({
    kafka: createKafka({ clientId: 'test', brokers: stack.brokers, logger }),
    groupId: `${prefix}reader`,
    topics: [topic(TOPICS.dunningEvents)],
    batchRecords: 100,
    partitionsAtOnce: 1,
    handle: async (batch) => {
      for (const record of batch) await take(JSON.parse(Buffer.from(record.value ?? []).toString('utf8')))
    },
    onFatal,
    logger,
  })
  await consumer.consume()
}, 60_000)

afterAll(async () => {
  for (const child of running) child.kill('SIGKILL')
  await reader?.stop()
  await consumer?.store.db.dropDatabase()
  await consumer?.stop()
  await stripe?.close()
})

/** Every mail is accepted, once, however often it is asked for. */
const take = async (event: DunningEvent): Promise<void> => {
  const known = events.get(event.id)
  if (known !== undefined) {
    expect(event).toEqual(known)
    return
  }
  events.set(event.id, event)
  if (event.notice === undefined) return
  const { key, template } = event.notice
  await consumer.publisher.publish({
    topic: `${prefix}${TOPICS.mailEvents.name}`,
    key: `platform:test:${event.customer}`,
    headers: {},
    value: JSON.stringify({
      id: `${key}:mail.accepted`,
      type: 'mail.accepted',
      schemaVersion: 1,
      at: new Date().toISOString(),
      account: event.account,
      livemode: event.livemode,
      message: key,
      template,
      customer: event.customer,
      licenseId: null,
      notice: { caseId: event.caseId, key },
      reason: null,
    } satisfies Record<keyof MailEvent, unknown>),
  })
}

/** A scheduler that dies at the next point of the list; another takes its place. */
const startScheduler = (): void => {
  const settings = {
    brokers: stack.brokers,
    mongoUrl: stack.mongoUrl,
    database: name,
    prefix,
    stripeUrl: stripe.url,
    policies: QUICK_POLICY,
    failpoints: deaths.shift() ?? '',
  }
  const script = fileURLToPath(new URL('fixtures/scheduler-process.ts', import.meta.url))
  const child = spawn(process.execPath, ['--no-warnings', script, JSON.stringify(settings)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  running.add(child)
  child.once('exit', (_code, signal) => {
    running.delete(child)
    if (signal !== 'SIGKILL' || settings.failpoints === '') return
    killed += 1
    startScheduler()
  })
}

const failedInvoice = (subscription: string, customer: string, at: number) => ({
  id: `in_${subscription}`,
  object: 'invoice',
  customer,
  status: 'open',
  billing_reason: 'subscription_cycle',
  collection_method: 'charge_automatically',
  currency: 'eur',
  amount_due: 1900,
  amount_paid: 0,
  amount_remaining: 1900,
  attempt_count: 1,
  created: at,
  parent: { type: 'subscription_details', subscription_details: { subscription } },
  lines: { object: 'list', data: [], has_more: false },
})

it('schedulers that are killed at every point take each step once, and lose none', async () => {
  const at = Math.floor(Date.now() / 1000)
  for (let n = 0; n < CUSTOMERS_COUNT; n += 1)
    for (const which of ['a', 'b']) {
      const [customer, subscription] = [`cus_${n}`, `sub_${n}${which}`]
      const object = failedInvoice(subscription, customer, at)
      stripe.put(object)
      stripe.put({
        id: subscription,
        object: 'subscription',
        customer,
        status: 'past_due',
        items: { data: [] },
      } as {
        id: string
      })
      await consumer.publisher.publish({
        topic: `${prefix}${TOPICS.stripeEvents.name}`,
        key: `platform:test:${customer}`,
        headers: { [HEADER.receivedAt]: String(Date.now()) },
        value: JSON.stringify({
          id: `evt_${subscription}`,
          object: 'event',
          type: 'invoice.payment_failed',
          api_version: '2026-09-30.endive',
          created: at,
          livemode: false,
          data: { object },
        }),
      })
    }
  for (let n = 0; n < 3; n += 1) startScheduler()
  const cases = consumer.store.db.collection<{ _id: string; record: { seq: number } }>(CASES.name)
  const isSuspended = { 'record.state.level': 'suspended' }
  await waitUntil(async () => (await cases.countDocuments(isSuspended)) === 2 * CUSTOMERS_COUNT, {
    what: 'every case to be suspended',
    deadlineMs: 170_000,
  }).catch(async (cause: unknown) => {
    const idle = await consumer.store.db.collection(CUSTOMERS.name).find().sort({ nextActionAt: 1 }).toArray()
    const rows = idle.map(({ _id, nextActionAt, restUntil, lease }) => ({
      _id,
      nextActionAt,
      restUntil,
      lease,
    }))
    throw new Error(`still waiting: ${JSON.stringify(rows)}`, { cause })
  })
  for (const child of running) child.removeAllListeners('exit').kill('SIGKILL')
  // Each point was reached: a test of deaths that nobody dies proves nothing.
  expect(killed).toBeGreaterThanOrEqual(DEATHS.length - 2)
  await sweepOnce({ store: consumer.store, publisher: consumer.publisher, logger }, 0)

  const runs = await consumer.store.db
    .collection<{ case: string; run: { step: string; result: string } }>(STEP_RUNS.name)
    .find()
    .toArray()
  for (const { _id, record } of await cases.find().toArray()) {
    const own = runs.filter((row) => row.case === _id).map(({ run }) => run)
    expect(own.map(({ step }) => step).sort()).toEqual(['downgrade', 'remind', 'suspend', 'warn'])
    expect(own.filter(({ step }) => step !== 'warn').map(({ result }) => result)).toEqual([
      'done',
      'done',
      'done',
    ])
    // What was said arrives whole: every fence, with nothing between them missing.
    await waitUntil(() => [...events.values()].filter(({ caseId }) => caseId === _id).length === record.seq, {
      what: `all events of ${_id}`,
      deadlineMs: 10_000,
    })
    const said = [...events.values()].filter(({ caseId }) => caseId === _id).sort((a, b) => a.seq - b.seq)
    expect(said.map(({ seq }) => seq)).toEqual(said.map((_, n) => n + 1))
    expect(
      said.flatMap(({ type, restriction }) => (type === 'dunning.restricted' ? [restriction?.level] : [])),
    ).toEqual(['downgraded', 'suspended'])
  }
  // One mail for both subscriptions of a customer, and none twice.
  const mails = [...events.values()].flatMap(({ customer, notice }) =>
    notice === undefined ? [] : [`${customer} ${notice.key}`],
  )
  expect(new Set(mails).size).toBe(mails.length)
}, 240_000)
