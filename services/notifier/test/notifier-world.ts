import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import {
  ALL_TOPICS,
  type DunningEvent,
  HEADER,
  type LicenseEvent,
  type LicenseSummary,
  type MailEvent,
  TOPICS,
} from '@keyflow/contracts'
import { createTopics, sharedStack, uniqueName } from '@keyflow/devstack'
import {
  type App,
  type ConsumerRunner,
  connectStore,
  createKafka,
  createLogger,
  createPublisher,
  startConsumer,
} from '@keyflow/runtime'
import { CompactEncrypt } from 'jose'
import { messageRows } from '../src/adapters/message-rows.ts'
import { createApp } from '../src/app.ts'
import { config } from '../src/config.ts'

const SERVICE_ROOT = fileURLToPath(new URL('..', import.meta.url))
const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

export interface NotifierProcess {
  /** Signal that ended it, else its exit code. */
  readonly exited: Promise<NodeJS.Signals | number | null>
  readonly kill: (signal: NodeJS.Signals) => boolean
}

const logger = createLogger({ service: 'test', level: 'silent' })

export const ACTIVE_PRO: LicenseSummary = {
  status: 'active',
  reason: null,
  productId: 'keyflow',
  tier: 'pro',
  maxDomains: 10,
  features: [],
  quantity: 1,
  validThrough: '2026-12-24T00:00:00.000Z',
  trialEndsAt: null,
  cancelAt: null,
}

/** Topics, a database and a secret of a test's own, and what it needs to speak to the notifier. */
export const createWorld = async () => {
  const { brokers, mongoUrl } = await sharedStack()
  const name = uniqueName('notifier')
  const prefix = `${name}.`
  await createTopics(brokers, ALL_TOPICS, { prefix, partitions: 2 })
  const transportKey = randomBytes(32)
  const store = await connectStore({ url: mongoUrl, database: name, appName: 'test' })
  const kafka = createKafka({ clientId: 'test', brokers, logger })
  const publisher = await createPublisher({ kafka })
  const mailEvents: MailEvent[] = []
  let reader: ConsumerRunner | undefined
  const running = new Set<App>()
  const children = new Set<ChildProcess>()

  const environment = (smtpUrl: string, extra: Record<string, string> = {}): Record<string, string> => ({
    KAFKA_BROKERS: brokers.join(','),
    MONGODB_URL: mongoUrl,
    MONGODB_DATABASE: name,
    TOPIC_PREFIX: prefix,
    HTTP_PORT: '0',
    OPS_PORT: '0',
    LOG_LEVEL: 'silent',
    SMTP_URL: smtpUrl,
    SMTP_SINK_URL: smtpUrl,
    KEY_TRANSPORT_SECRET: transportKey.toString('base64'),
    PERSONAL_MASTER_KEYS: `test:${Buffer.alloc(32, 5).toString('base64')}`,
    LEASE_MS: '1500',
    SMTP_DIALOG_MS: '2000',
    ...extra,
  })

  const seal = (key: string): Promise<string> =>
    new CompactEncrypt(new TextEncoder().encode(key))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .encrypt(transportKey)

  const publishStripe = (
    type: string,
    object: Readonly<Record<string, unknown>>,
    at = 1_790_000_000,
  ): Promise<void> =>
    publisher.publish({
      topic: `${prefix}${TOPICS.stripeEvents.name}`,
      key: String(object.id),
      headers: { [HEADER.type]: `com.stripe.${type}` },
      value: JSON.stringify({
        id: `evt_${randomUUID()}`,
        object: 'event',
        type,
        api_version: '2026-09-30.endive',
        created: at,
        livemode: object.livemode === true,
        data: { object },
      }),
    })

  return {
    name,
    store,
    messages: messageRows(store),
    environment,

    /** The whole service inside the test's process. */
    startNotifier: async (smtpUrl: string, extra: Record<string, string> = {}): Promise<App> => {
      const app = createApp(config.load(environment(smtpUrl, extra)), {
        logger,
        onFatal: (error) => {
          throw error
        },
        signal: new AbortController().signal,
      })
      running.add(app)
      await app.start()
      return { ...app, stop: () => (running.delete(app) ? app.stop() : Promise.resolve()) }
    },

    /** The service as a process of its own: to be killed. */
    spawnNotifier: (smtpUrl: string, extra: Record<string, string> = {}): NotifierProcess => {
      const child = spawn(process.execPath, ['--import', '@keyflow/runtime/telemetry', MAIN], {
        env: { PATH: process.env.PATH, ...environment(smtpUrl, { LOG_LEVEL: 'warn', ...extra }) },
        stdio: ['ignore', 'ignore', 'inherit'],
        cwd: SERVICE_ROOT,
      })
      children.add(child)
      const exited = new Promise<NodeJS.Signals | number | null>((resolve) =>
        child.once('exit', (code, signal) => {
          children.delete(child)
          resolve(signal ?? code)
        }),
      )
      return { exited, kill: (signal) => child.kill(signal) }
    },

    knowsContact: async (customer: string): Promise<boolean> =>
      (await store.db.collection('contacts').countDocuments({ refs: { $regex: `${customer}$` } })) > 0,

    /** Whatever Stripe would say about an object. */
    publishStripe,

    publishCustomer: (
      customer: {
        id: string
        email: string | null
        name?: string
        preferred_locales?: string[]
        livemode?: boolean
      },
      at = 1_790_000_000,
    ) =>
      publishStripe('customer.created', { object: 'customer', livemode: false, name: null, ...customer }, at),

    /** A guest's session: there is no customer, only what was typed at the checkout. */
    publishSession: (session: { id: string; email: string; paymentIntent: string }) =>
      publisher.publish({
        topic: `${prefix}${TOPICS.stripeEvents.name}`,
        key: session.paymentIntent,
        headers: { [HEADER.type]: 'com.stripe.checkout.session.completed' },
        value: JSON.stringify({
          id: `evt_${randomUUID()}`,
          object: 'event',
          type: 'checkout.session.completed',
          created: 1_790_000_000,
          livemode: false,
          data: {
            object: {
              id: session.id,
              object: 'checkout.session',
              mode: 'payment',
              status: 'complete',
              payment_status: 'paid',
              customer: null,
              customer_details: { email: session.email, name: null },
              payment_intent: session.paymentIntent,
            },
          },
        }),
      }),

    /** What the notifier told of mails, from when this is first called. */
    readMailEvents: async (): Promise<readonly MailEvent[]> => {
      reader ??= await startConsumer({
        kafka,
        groupId: `${prefix}reader`,
        topics: [`${prefix}${TOPICS.mailEvents.name}`],
        batchRecords: 100,
        partitionsAtOnce: 1,
        handle: async (batch) => {
          for (const { value } of batch) mailEvents.push(JSON.parse(String(value)))
        },
        onFatal: (error) => {
          throw error
        },
        logger,
      })
      return mailEvents
    },

    publishDunningEvent: (event: DunningEvent) =>
      publisher.publish({
        topic: `${prefix}${TOPICS.dunningEvents.name}`,
        key: event.customer ?? event.caseId,
        value: JSON.stringify(event),
        headers: { [HEADER.id]: event.id, [HEADER.type]: `io.keyflow.${event.type}.v1` },
      }),

    /** A mail that waits for its next attempt need not wait any longer. */
    hurry: (id: string) => messageRows(store).updateOne({ _id: id }, { $set: { dueAt: new Date(0) } }),

    /** One event of a license; `licenseVersion` 1 is its issue. */
    licenseEvent: async (
      license: { id: string; refs: readonly string[]; key?: string },
      version: number,
      after: LicenseSummary = ACTIVE_PRO,
      type: LicenseEvent['type'] = version === 1 ? 'license.issued' : 'license.updated',
    ): Promise<LicenseEvent> => ({
      id: `${license.id}:${version}`,
      type,
      schemaVersion: 1,
      at: '2026-11-24T00:00:00.000Z',
      account: 'platform',
      livemode: false,
      licenseId: license.id,
      licenseVersion: version,
      contactRefs: [...license.refs],
      customer: null,
      subscription: null,
      before: null,
      after,
      cause: [],
      keyVersion: 1,
      ...(type === 'license.issued' ? { encryptedKey: await seal(license.key ?? 'KF-TEST-KEY') } : {}),
    }),

    publishLicenseEvent: (event: LicenseEvent, headers: Record<string, string> = {}, key?: string) =>
      publisher.publish({
        topic: `${prefix}${TOPICS.licenseEvents.name}`,
        key: key ?? event.licenseId,
        value: JSON.stringify(event),
        headers: {
          [HEADER.id]: event.id,
          [HEADER.type]: `io.keyflow.${event.type}.v1`,
          [HEADER.receivedAt]: String(Date.now()),
          ...headers,
        },
      }),

    close: async (): Promise<void> => {
      await Promise.all([...running].map((app) => app.stop()))
      for (const child of children) child.kill('SIGKILL')
      await reader?.stop()
      await publisher.close()
      await store.db.dropDatabase()
      await store.client.close()
    },
  }
}
export type World = Awaited<ReturnType<typeof createWorld>>
