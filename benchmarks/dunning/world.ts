import { randomUUID } from 'node:crypto'
import { ALL_TOPICS, HEADER, TOPICS } from '@keyflow/contracts'
import { createTopics, uniqueName, waitUntil } from '@keyflow/devstack'
import {
  createKafka,
  createLogger,
  createRegistry,
  openConsumerService,
  type Store,
  startConsumer,
} from '@keyflow/runtime'
import { createStripeAccess } from '@keyflow/runtime/stripe'
import { CASES } from '../../services/dunning/src/adapters/case-store.ts'
import { CLOCKS } from '../../services/dunning/src/adapters/clock-store.ts'
import { CUSTOMERS } from '../../services/dunning/src/adapters/customer-store.ts'
import { POLICIES } from '../../services/dunning/src/adapters/policy-store.ts'
import { STEP_RUNS } from '../../services/dunning/src/adapters/step-runs.ts'
import { createStripeLook } from '../../services/dunning/src/adapters/stripe-look.ts'
import { TASKS } from '../../services/dunning/src/adapters/task-store.ts'
import { config } from '../../services/dunning/src/config.ts'
import { createDunningMetrics } from '../../services/dunning/src/dunning-metrics.ts'
import { createApplyRecords } from '../../services/dunning/src/workers/apply-records.ts'
import { type DunningItem, decodeRecord } from '../../services/dunning/src/workers/decode-record.ts'
import { createRunSteps } from '../../services/dunning/src/workers/run-steps.ts'
import { createScheduler } from '../../services/dunning/src/workers/scheduler.ts'
import { createVerifyCases } from '../../services/dunning/src/workers/verify-cases.ts'
import { startFakeStripe } from '../../services/dunning/test/fake-stripe.ts'
import { CALENDAR, SHIPPED } from '../../services/dunning/test/memory-dunning.ts'

const logger = createLogger({ service: 'bench', level: 'error' })

/** What Stripe grants in live mode. */
const STRIPE_PER_SECOND = 100

export interface Background {
  readonly store: Store
  /** Unix milliseconds at which steps were committed. */
  readonly takenAt: readonly number[]
  /** Takes all that is due; resolves when nothing is. */
  readonly drain: () => Promise<void>
  /** Pays the invoice of a case, through Kafka; milliseconds until the case says that it is closed. */
  readonly payAndWait: (subscription: string, customer: string) => Promise<number>
  readonly asked: () => number
  readonly stop: () => Promise<void>
}

/** Dunning's consumer and its schedulers in one process, with a Stripe that answers at once. */
export const startBackground = async (
  { brokers, mongoUrl }: { readonly brokers: readonly string[]; readonly mongoUrl: string },
  schedulers: number,
): Promise<Background> => {
  const name = uniqueName('bench')
  const prefix = `${name}.`
  const topic = (spec: { readonly name: string }): string => `${prefix}${spec.name}`
  await createTopics(brokers, ALL_TOPICS, { prefix, partitions: 3 })
  const stripe = await startFakeStripe((id) =>
    id.startsWith('sub_')
      ? {
          id,
          object: 'subscription',
          customer: id.replace('sub', 'cus'),
          status: 'past_due',
          items: { data: [] },
        }
      : invoiceOf(id.replace('in_', 'sub_'), 'open'),
  )
  const clock = (): Date => new Date()
  const registry = createRegistry({ defaults: false })
  const takenAt: number[] = []
  const metrics = {
    ...createDunningMetrics(registry, clock, async () => null),
    taken: ({ steps }: { readonly steps: readonly unknown[] }) => {
      for (const _ of steps) takenAt.push(Date.now())
    },
  }
  const rules = () => ({ book: SHIPPED, calendar: CALENDAR, accountZone: 'UTC', paymentUrl: () => null })
  const onFatal = (error: Error): never => {
    throw error
  }
  const consumer = await openConsumerService<DunningItem>({
    service: 'dunning',
    groupId: `${prefix}dunning`,
    topics: [TOPICS.stripeEvents, TOPICS.stripeSnapshots, TOPICS.mailEvents].map(topic),
    deadLetterTopic: topic(TOPICS.deadLetters),
    config: config.load({
      KAFKA_BROKERS: brokers.join(','),
      MONGODB_URL: mongoUrl,
      MONGODB_DATABASE: name,
      TOPIC_PREFIX: prefix,
      PERSONAL_MASTER_KEYS: `bench:${Buffer.alloc(32, 5).toString('base64')}`,
    }),
    collections: [CASES, CUSTOMERS, CLOCKS, STEP_RUNS, TASKS, POLICIES],
    decode: decodeRecord,
    apply: createApplyRecords({
      dunningTopic: topic(TOPICS.dunningEvents),
      rules,
      basketMs: 0,
      metrics,
      wake: () => undefined,
    }),
    clock,
    registry,
    logger,
    onFatal,
    signal: new AbortController().signal,
  })
  await consumer.consume()
  const closed = new Map<string, number>()
  const reader = await startConsumer({
    kafka: createKafka({ clientId: 'bench', brokers, logger }),
    groupId: `${prefix}reader`,
    topics: [topic(TOPICS.dunningEvents)],
    batchRecords: 500,
    partitionsAtOnce: 3,
    handle: async (batch) => {
      for (const { headers } of batch)
        if (headers[HEADER.type]?.includes('case_closed'))
          closed.set(headers[HEADER.subject] ?? '', performance.now())
    },
    onFatal,
    logger,
  })
  const { store, publisher } = consumer
  const verify = createVerifyCases({
    stripe: createStripeLook(
      createStripeAccess({
        apiKeys: ['sk_test_benchmark'],
        apiBase: stripe.url,
        requestsPerSecond: STRIPE_PER_SECOND,
        clock,
      }),
    ),
    publisher,
    snapshotTopic: topic(TOPICS.stripeSnapshots),
    newId: randomUUID,
    logger,
    onFailed: metrics.verifyFailed,
  })
  const timers = Array.from({ length: schedulers }, (_, n) => {
    const owner = `bench-${n}`
    const failpoint = (): void => undefined
    const dunningTopic = topic(TOPICS.dunningEvents)
    const run = createRunSteps({
      store,
      assertLive: async () => {},
      publisher,
      dunningTopic,
      rules,
      verify,
      clock,
      owner,
      metrics,
      failpoint,
      logger,
    })
    return createScheduler({
      store,
      run,
      clock,
      newToken: randomUUID,
      owner,
      leaseMs: 60_000,
      pollMs: 1000,
      batch: 100,
      lanes: 2,
      failpoint,
      logger,
    })
  })

  const payAndWait = async (subscription: string, customer: string): Promise<number> => {
    await waitUntil(() => takenAt.length > 0, {
      what: 'the backlog to begin',
      deadlineMs: 60_000,
      everyMs: 10,
    })
    const started = performance.now()
    await publisher.publish({
      topic: topic(TOPICS.stripeEvents),
      key: `platform:test:${customer}`,
      headers: { [HEADER.receivedAt]: String(Date.now()) },
      value: JSON.stringify({
        id: `evt_paid_${subscription}`,
        object: 'event',
        type: 'invoice.paid',
        api_version: '2026-09-30.endive',
        created: Math.floor(Date.now() / 1000),
        livemode: false,
        data: { object: invoiceOf(subscription, 'paid') },
      }),
    })
    const id = `platform:test:${subscription}`
    await waitUntil(() => closed.has(id), { what: 'the recovery', deadlineMs: 120_000, everyMs: 5 })
    return (closed.get(id) ?? started) - started
  }

  return {
    store,
    takenAt,
    drain: async () => {
      await waitUntil(
        async () => (await Promise.all(timers.map((timer) => timer.drain()))).some((n) => n > 0),
        {
          what: 'something to be due',
          deadlineMs: 10_000,
          everyMs: 20,
        },
      )
    },
    payAndWait,
    asked: () => stripe.asked.length,
    stop: async () => {
      await Promise.all(timers.map((timer) => timer.stop()))
      await reader.stop()
      await store.db.dropDatabase()
      await consumer.stop()
      await stripe.close()
    },
  }
}

const invoiceOf = (subscription: string, status: 'open' | 'paid') => ({
  id: subscription.replace('sub_', 'in_'),
  object: 'invoice',
  customer: subscription.replace('sub_', 'cus_'),
  status,
  billing_reason: 'subscription_cycle',
  collection_method: 'charge_automatically',
  currency: 'eur',
  amount_due: 1900,
  amount_paid: status === 'paid' ? 1900 : 0,
  amount_remaining: status === 'paid' ? 0 : 1900,
  parent: { type: 'subscription_details', subscription_details: { subscription } },
  lines: { object: 'list', data: [], has_more: false },
})
