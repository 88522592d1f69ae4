import { randomUUID } from 'node:crypto'
import { ALL_TOPICS, HEADER, type LicenseEvent, TOPICS } from '@keyflow/contracts'
import { createTopics, pickFreePort, sharedStack, uniqueName } from '@keyflow/devstack'
import { type App, connectStore, createKafka, createLogger, createPublisher } from '@keyflow/runtime'
import { createApp, type OutboundOverrides } from '../src/app.ts'
import { config } from '../src/config.ts'

const logger = createLogger({ service: 'test', level: 'silent' })
const TOKEN = 'operator-token-for-tests'

type Answer = Readonly<Record<string, unknown>> & { readonly http: number }

/** Topics and a database of a test's own, and the service on them, once or several times. */
export const createWorld = async (settings: Readonly<Record<string, string>> = {}) => {
  const { brokers, mongoUrl } = await sharedStack()
  const name = uniqueName('outbound')
  const prefix = `${name}.`
  await createTopics(brokers, ALL_TOPICS, { prefix, partitions: 2 })
  const publisher = await createPublisher({ kafka: createKafka({ clientId: 'test', brokers, logger }) })
  const store = await connectStore({ url: mongoUrl, database: name, appName: 'test' })
  const running = new Set<App>()
  let api = ''
  let opsUrl = ''

  const summary: LicenseEvent['after'] = {
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

  return {
    store,
    mongoUrl,
    database: name,
    prefix,
    endpoints: () => store.db.collection<{ _id: string }>('endpoints'),
    start: async (overrides: OutboundOverrides = {}, more: Readonly<Record<string, string>> = {}) => {
      const [http, ops] = [await pickFreePort(), await pickFreePort()]
      const environment = {
        KAFKA_BROKERS: brokers.join(','),
        MONGODB_URL: mongoUrl,
        MONGODB_DATABASE: name,
        TOPIC_PREFIX: prefix,
        HTTP_PORT: String(http),
        OPS_PORT: String(ops),
        LOG_LEVEL: 'silent',
        OPERATOR_TOKEN: TOKEN,
        PERSONAL_MASTER_KEYS: `test:${Buffer.alloc(32, 5).toString('base64')}`,
        OUTBOUND_ALLOWED_NETWORKS: '127.0.0.1/32',
        OUTBOUND_ALLOW_HTTP: 'true',
        OUTBOUND_POLL_MS: '50',
        ...settings,
        ...more,
      }
      const app = createApp(
        config.load(environment),
        { logger, onFatal: () => {}, signal: new AbortController().signal },
        overrides,
      )
      running.add(app)
      await app.start()
      // What is asked is asked of the first that runs.
      if (running.size === 1) {
        api = `http://127.0.0.1:${http}`
        opsUrl = `http://127.0.0.1:${ops}`
      }
      return { stop: () => (running.delete(app) ? app.stop() : Promise.resolve()) }
    },

    /** The operator's API. */
    ask: async (method: string, path: string, body?: object, token = TOKEN): Promise<Answer> => {
      const answer = await fetch(`${api}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return { http: answer.status, ...((await answer.json()) as object) }
    },

    /** What the keyflow command needs to know. */
    cliEnvironment: () => ({ KEYFLOW_OUTBOUND_URL: api, KEYFLOW_TOKEN: TOKEN }),

    askText: async (method: string, path: string, body: object): Promise<string> => {
      const answer = await fetch(`${api}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      return answer.text()
    },

    metrics: async (): Promise<string> => (await fetch(`${opsUrl}/metrics`)).text(),

    licenseEvent: (more: Partial<LicenseEvent> = {}): LicenseEvent => {
      const licenseId = more.licenseId ?? randomUUID()
      const licenseVersion = more.licenseVersion ?? 1
      return {
        id: `${licenseId}:${licenseVersion}`,
        type: 'license.issued',
        schemaVersion: 1,
        at: new Date().toISOString(),
        account: 'platform',
        livemode: true,
        licenseId,
        licenseVersion,
        contactRefs: ['cus_1'],
        customer: 'cus_1',
        subscription: 'sub_1',
        before: null,
        after: summary,
        cause: [],
        keyVersion: 1,
        encryptedKey: 'sealed-license-key',
        ...more,
      }
    },

    publish: (events: readonly LicenseEvent[]): Promise<void> =>
      publisher.publishAll(
        events.map((event) => ({
          topic: `${prefix}${TOPICS.licenseEvents.name}`,
          key: event.licenseId,
          value: JSON.stringify(event),
          headers: { [HEADER.id]: event.id },
        })),
      ),

    close: async (): Promise<void> => {
      await Promise.all([...running].map((app) => app.stop()))
      await publisher.close()
      await store.db.dropDatabase()
      await store.client.close()
    },
  }
}
export type World = Awaited<ReturnType<typeof createWorld>>
