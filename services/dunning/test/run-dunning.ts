import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  ALL_TOPICS,
  type DunningEvent,
  type DunningOperation,
  HEADER,
  type MailEvent,
  type MailEventType,
  TOPICS,
} from '@keyflow/contracts'
import { createTopics, pickFreePort, sharedStack, uniqueName, waitUntil } from '@keyflow/devstack'
import {
  type App,
  connectStore,
  createKafka,
  createLogger,
  createPublisher,
  type IncomingRecord,
  startConsumer,
} from '@keyflow/runtime'
import { createApp } from '../src/app.ts'
import { config } from '../src/config.ts'
import { startFakeStripe } from './fake-stripe.ts'

const onFatal = (error: Error): never => {
  throw error
}

export interface Failure {
  readonly subscription: string
  readonly invoice: string
  /** Unix seconds. */
  readonly at: number
  readonly id?: string
  readonly customer?: string
}

/** An event about an invoice as Stripe sends it. */
export const invoiceEvent = (type: 'payment_failed' | 'paid', of: Failure) => ({
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
      customer: of.customer ?? 'cus_1',
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

const freePorts = async () => ({
  HTTP_PORT: String(await pickFreePort()),
  OPS_PORT: String(await pickFreePort()),
})

/** A dunning service of its own on the shared Kafka and MongoDB, a Stripe to ask, and the means to feed and to watch it. */
export const runDunning = async (policy: string | null, overrides: Readonly<Record<string, string>> = {}) => {
  const { brokers, mongoUrl } = await sharedStack()
  const name = uniqueName('dunning')
  const prefix = `${name}.`
  const logger = createLogger({ service: 'test', level: 'silent' })
  const stripe = await startFakeStripe()
  const folder = mkdtempSync(join(tmpdir(), 'dunning-'))
  const policyFile = join(folder, 'policy.yaml')
  if (policy !== null) writeFileSync(policyFile, policy)
  await createTopics(brokers, ALL_TOPICS, { prefix, partitions: 2 })
  const kafka = createKafka({ clientId: 'test', brokers, logger })
  const publisher = await createPublisher({ kafka })
  const store = await connectStore({ url: mongoUrl, database: name, appName: 'test' })
  const records: IncomingRecord[] = []
  const operations: DunningOperation[] = []
  const reader = await startConsumer({
    kafka,
    groupId: `${prefix}reader`,
    topics: [TOPICS.dunningEvents, TOPICS.dunningOperations].map((topic) => `${prefix}${topic.name}`),
    batchRecords: 100,
    partitionsAtOnce: 1,
    handle: async (batch) => {
      for (const record of batch)
        if (record.topic.endsWith(TOPICS.dunningEvents.name)) records.push(record)
        else operations.push(JSON.parse(Buffer.from(record.value ?? []).toString('utf8')))
    },
    onFatal,
    logger,
  })
  const env = {
    KAFKA_BROKERS: brokers.join(','),
    MONGODB_URL: mongoUrl,
    MONGODB_DATABASE: name,
    TOPIC_PREFIX: prefix,
    PERSONAL_MASTER_KEYS: `test:${Buffer.alloc(32, 5).toString('base64')}`,
    OPERATOR_TOKEN: 'operator-token-for-tests',
    STRIPE_API_KEY: 'sk_test_dunning12',
    STRIPE_API_BASE: stripe.url,
    STRIPE_REQUESTS_PER_SECOND: '100',
    DUNNING_BASKET_MS: '0',
    DUNNING_POLL_MS: '100',
    ...(await freePorts()),
    ...(policy === null ? {} : { DUNNING_POLICY_FILE: policyFile }),
    ...overrides,
  }
  const replicas: App[] = []

  const eventsOf = (subscription: string): DunningEvent[] =>
    records
      .map((record) => JSON.parse(Buffer.from(record.value ?? []).toString('utf8')) as DunningEvent)
      .filter((event) => event.subscription === subscription)
      .sort((a, b) => a.seq - b.seq)

  /** What happened to the case; mails apart. */
  const changesOf = (subscription: string): DunningEvent[] =>
    eventsOf(subscription).filter(({ type }) => type !== 'dunning.notice_requested')

  const reportMail = (event: DunningEvent, type: MailEventType): Promise<void> =>
    publisher.publish({
      topic: `${prefix}${TOPICS.mailEvents.name}`,
      key: 'platform:test:cus_1',
      headers: {},
      value: JSON.stringify(reportOf(event, type)),
    })

  return {
    env,
    store,
    stripe,
    records,
    /** What operators have decided, as it stands in the log. */
    operations,
    eventsOf,
    changesOf,
    noticesOf: (subscription: string) => eventsOf(subscription).flatMap(({ notice }) => notice ?? []),
    /** One more replica of the service. */
    start: async (): Promise<void> => {
      const ports = replicas.length === 0 ? {} : await freePorts()
      const replica = createApp(config.load({ ...env, ...ports }), {
        logger,
        onFatal,
        signal: new AbortController().signal,
      })
      replicas.push(replica)
      await replica.start()
    },
    /** Another file of policies. */
    usePolicy: (text: string): void => writeFileSync(policyFile, text),
    publish: (event: object, key = 'platform:test:cus_1'): Promise<void> =>
      publisher.publish({
        topic: `${prefix}${TOPICS.stripeEvents.name}`,
        key,
        value: JSON.stringify(event),
        headers: { [HEADER.receivedAt]: '1790000000123' },
      }),
    publishBytes: (value: Buffer): Promise<void> =>
      publisher.publish({
        topic: `${prefix}${TOPICS.stripeEvents.name}`,
        key: 'platform:test:cus_1',
        value,
        headers: {},
      }),
    said: (subscription: string, count: number): Promise<DunningEvent[]> =>
      waitUntil(() => changesOf(subscription).length >= count && changesOf(subscription), {
        what: `${count} change(s) of a case`,
        deadlineMs: 15_000,
      }),
    /** Stripe answers that the subscription and its invoice are unpaid. */
    unpaidAtStripe: (failed: ReturnType<typeof invoiceEvent>, subscription: string): void => {
      stripe.put(failed.data.object)
      stripe.put({
        id: subscription,
        object: 'subscription',
        customer: failed.data.object.customer,
        status: 'past_due',
        items: { data: [] },
      } as { id: string })
    },
    /** Reports every mail of a case as accepted, or as whatever else, until it is told to stop. */
    reportMailsOf: (subscription: string, type: MailEventType = 'mail.accepted'): (() => void) => {
      const reported = new Set<string>()
      const timer = setInterval(() => {
        for (const event of eventsOf(subscription)) {
          if (event.notice === undefined || reported.has(event.id)) continue
          reported.add(event.id)
          void reportMail(event, type)
        }
      }, 50)
      return () => clearInterval(timer)
    },
    stop: async (): Promise<void> => {
      await Promise.all(replicas.map((replica) => replica.stop()))
      await stripe.close()
      rmSync(folder, { recursive: true, force: true })
      await reader.stop()
      await publisher.close()
      await store.db.dropDatabase()
      await store.client.close()
    },
  }
}
export type RunningDunning = Awaited<ReturnType<typeof runDunning>>

const reportOf = (event: DunningEvent, type: MailEventType): MailEvent => {
  const key = event.notice?.key ?? ''
  return {
    id: `${key}:${type}`,
    type,
    schemaVersion: 1,
    at: new Date().toISOString(),
    account: event.account,
    livemode: event.livemode,
    message: key,
    template: event.notice?.template ?? '',
    customer: event.customer,
    licenseId: null,
    notice: { caseId: event.caseId, key },
    reason: null,
  }
}
