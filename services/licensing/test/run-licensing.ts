import { fileURLToPath } from 'node:url'
import {
  ALL_TOPICS,
  consumerGroup,
  HEADER,
  type LicenseEvent,
  type RecordHeaders,
  TOPICS,
} from '@keyflow/contracts'
import { createTopics, pickFreePort, sharedStack, uniqueName, waitUntil } from '@keyflow/devstack'
import {
  type App,
  connectStore,
  createKafka,
  createLogger,
  createPersonalVault,
  createPublisher,
  type IncomingRecord,
  startConsumer,
} from '@keyflow/runtime'
import { loadCatalogFile } from '../src/adapters/catalog-file.ts'
import { identifyLicense } from '../src/adapters/uuid-license-id.ts'
import { createApp } from '../src/app.ts'
import { config } from '../src/config.ts'
import { startHistory } from '../src/domain/catalog-history.ts'
import { DEFAULT_POLICY } from '../src/domain/derived-license.ts'
import type { StripeEvent } from './history/stripe-account.ts'

const EXAMPLE_CATALOG = fileURLToPath(new URL('../catalog/example.yaml', import.meta.url))

/** Polls for at most 20 s, or as long as is said. */
export const until = (
  what: string,
  probe: () => Promise<boolean> | boolean,
  deadlineMs = 20_000,
): Promise<boolean> => waitUntil(probe, { what, deadlineMs })

const SECRETS = {
  ISSUER_SECRET: 'an issuer secret for tests, 32 characters or more',
  KEY_TRANSPORT_SECRET: Buffer.alloc(32, 7).toString('base64'),
  PERSONAL_MASTER_KEYS: `test:${Buffer.alloc(32, 5).toString('base64')}`,
  OPERATOR_TOKEN: 'operator-token-for-tests',
  STRIPE_API_KEY: 'sk_test_0123456789,sk_live_0123456789',
}

/** A licensing service of its own on the shared Kafka and MongoDB, and the means to feed and to watch it. */
export const runLicensing = async (overrides: Readonly<Record<string, string>> = {}) => {
  const stack = await sharedStack()
  const prefix = `${uniqueName('licensing')}.`
  await createTopics(stack.brokers, ALL_TOPICS, { prefix, partitions: 3 })
  const env = {
    ...SECRETS,
    KAFKA_BROKERS: stack.brokers.join(','),
    MONGODB_URL: stack.mongoUrl,
    MONGODB_DATABASE: uniqueName('licensing'),
    TOPIC_PREFIX: prefix,
    HTTP_PORT: String(await pickFreePort()),
    OPS_PORT: String(await pickFreePort()),
    LOG_LEVEL: 'silent',
    STRIPE_API_BASE: 'http://127.0.0.1:9',
    ...overrides,
  }
  const settings = config.load(env)
  const logger = createLogger({ service: 'licensing', level: 'silent' })
  const kafka = createKafka({ clientId: 'test', brokers: settings.kafkaBrokers, logger })
  const publisher = await createPublisher({ kafka })
  const store = await connectStore({
    url: settings.mongodbUrl,
    database: settings.mongodbDatabase,
    appName: 'test',
  })
  const personal = createPersonalVault({
    store,
    publisher,
    topic: `${prefix}${TOPICS.personalKeys.name}`,
    masterKeys: settings.personalMasterKeys,
  })
  const seen: IncomingRecord[] = []
  const told: string[] = []
  const watcher = await startConsumer({
    kafka,
    groupId: uniqueName('watcher'),
    topics: [`${prefix}${TOPICS.licenseEvents.name}`, `${prefix}${TOPICS.deadLetters.name}`],
    batchRecords: 500,
    partitionsAtOnce: 1,
    handle: async (records) => {
      seen.push(...records)
    },
    onFatal: () => {},
    logger,
  })
  const apps: { app: App; stopping: AbortController }[] = []
  const start = async (onFatal: (error: Error) => void = () => {}): Promise<void> => {
    const stopping = new AbortController()
    const app = createApp(settings, { logger, onFatal, signal: stopping.signal }, (text) => told.push(text))
    apps.push({ app, stopping })
    await app.start()
  }
  const stopApps = async (): Promise<void> => {
    for (const { app, stopping } of apps.splice(0)) {
      stopping.abort()
      await app.stop()
    }
  }
  const api = `http://127.0.0.1:${settings.httpPort}`
  return {
    env,
    prefix,
    store,
    /** Opens what the service sealed. */
    personal,
    settings,
    /** The rules that the running service folds by. */
    rules: {
      catalogs: startHistory(
        loadCatalogFile(settings.catalogFile === '' ? EXAMPLE_CATALOG : settings.catalogFile),
      ),
      policy: DEFAULT_POLICY,
      identify: identifyLicense,
    },
    seen,
    /** What it said on the terminal. */
    told,
    api,
    start,
    stopApps,
    /** All that the database holds. */
    dump: async (): Promise<string> => {
      const collections = await store.db.collections()
      return JSON.stringify(await Promise.all(collections.map((one) => one.find().toArray())))
    },
    /** The stopped service will read the topic from its beginning. */
    rewind: async (topicName: string): Promise<void> => {
      const admin = kafka.admin()
      await admin.connect()
      const groupId = `${prefix}${consumerGroup('licensing')}`
      await admin.resetOffsets({ groupId, topic: `${prefix}${topicName}`, earliest: true })
      await admin.disconnect()
    },
    events: (): LicenseEvent[] =>
      seen
        .filter((r) => r.topic.endsWith(TOPICS.licenseEvents.name))
        .map((r) => JSON.parse(Buffer.from(r.value as Uint8Array).toString()) as LicenseEvent),
    /** Until every record of the topic is folded. */
    untilFolded: async (topic: string, deadlineMs?: number): Promise<void> => {
      const name = `${prefix}${topic}`
      const admin = kafka.admin()
      await admin.connect()
      const isCaughtUp = async (): Promise<boolean> => {
        const ends = await admin.fetchTopicOffsets(name)
        const [committed] = await admin.fetchOffsets({
          groupId: `${prefix}${consumerGroup('licensing')}`,
          topics: [name],
        })
        const reached = new Map(committed?.partitions.map((p) => [p.partition, Number(p.offset)]))
        return ends.every(
          (end) => end.offset === '0' || (reached.get(end.partition) ?? -1) >= Number(end.offset),
        )
      }
      await until(`${topic} to be folded`, isCaughtUp, deadlineMs).finally(() => admin.disconnect())
    },
    deadLetters: (): IncomingRecord[] => seen.filter((r) => r.topic.endsWith(TOPICS.deadLetters.name)),
    /** A record of one of our own topics. */
    publishOwn: (topic: string, value: object): Promise<void> =>
      publisher.publish({
        topic: `${prefix}${topic}`,
        key: 'own',
        value: JSON.stringify(value),
        headers: {},
      }),
    publishRaw: (key: string, value: string | Uint8Array, headers: RecordHeaders = {}): Promise<void> =>
      publisher.publish({ topic: `${prefix}${TOPICS.stripeEvents.name}`, key, value, headers }),
    publish: (
      events: readonly StripeEvent[],
      keyOf: (event: StripeEvent) => string = () => 'platform:live:cus',
    ): Promise<void> =>
      publisher.publishAll(
        events.map((event) => ({
          topic: `${prefix}${TOPICS.stripeEvents.name}`,
          key: keyOf(event),
          value: JSON.stringify(event),
          headers: {
            [HEADER.id]: event.id,
            [HEADER.type]: `com.stripe.${event.type}`,
            [HEADER.receivedAt]: String(Date.now()),
          },
        })),
      ),
    validate: async (key: string, more: object = {}): Promise<Record<string, unknown>> => {
      const answer = await fetch(`${api}/api/v1/licenses/validate`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ key, ...more }),
      })
      return { status: answer.status, ...((await answer.json()) as object) }
    },
    /** The operator's API, its answer as it comes. */
    call: (method: 'GET' | 'POST', path: string, body?: object): Promise<Response> =>
      fetch(`${api}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${SECRETS.OPERATOR_TOKEN}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    /** The operator's API. */
    ask: async (
      method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
      path: string,
      body?: object,
      token = SECRETS.OPERATOR_TOKEN,
      headers: Readonly<Record<string, string>> = {},
    ): Promise<Record<string, unknown>> => {
      const answer = await fetch(`${api}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const etag = answer.headers.get('etag')
      return {
        http: answer.status,
        ...(etag === null ? {} : { etag }),
        ...((await answer.json()) as object),
      }
    },
    stop: async (): Promise<void> => {
      await stopApps()
      await watcher.stop()
      await publisher.close()
      await store.db.dropDatabase()
      await store.client.close()
    },
  }
}
export type RunningLicensing = Awaited<ReturnType<typeof runLicensing>>
