import { ALL_TOPICS, HEADER, TOPICS } from '@keyflow/contracts'
import { createTopics, pickFreePort, sharedStack, uniqueName, waitUntil } from '@keyflow/devstack'
import { connectStore, createKafka, createLogger, createPublisher } from '@keyflow/runtime'
import fc from 'fast-check'
import { createApp } from '../services/licensing/src/app.ts'
import { config } from '../services/licensing/src/config.ts'
import { openLicensingRebuild } from '../services/licensing/src/rebuild.ts'
import { historiesOf } from '../services/licensing/test/history/generate-history.ts'

/** `npm run bench:rebuild -- 100000`: folds a log of so many events in a service, rebuilds beside it, and compares. */
const EVENTS = Number(process.argv[2] ?? 100_000)

const { brokers, mongoUrl } = await sharedStack()
const prefix = `${uniqueName('bench')}.`
await createTopics(brokers, ALL_TOPICS, { prefix })
const logger = createLogger({ service: 'bench', level: 'error' })
const settings = config.load({
  KAFKA_BROKERS: brokers.join(','),
  MONGODB_URL: mongoUrl,
  MONGODB_DATABASE: uniqueName('bench'),
  TOPIC_PREFIX: prefix,
  ISSUER_SECRET: 'an issuer secret for benchmarks, 32 characters',
  KEY_TRANSPORT_SECRET: Buffer.alloc(32, 7).toString('base64'),
  PERSONAL_MASTER_KEYS: `bench:${Buffer.alloc(32, 5).toString('base64')}`,
  HTTP_PORT: String(await pickFreePort()),
  OPS_PORT: String(await pickFreePort()),
  STRIPE_API_BASE: 'http://127.0.0.1:9',
  STRIPE_API_KEY: 'sk_test_0123456789,sk_live_0123456789',
})
const publisher = await createPublisher({
  kafka: createKafka({ clientId: 'bench', brokers, logger }),
})

let sent = 0
for (let seed = 0; sent < EVENTS; seed += 1) {
  const [history] = fc.sample(historiesOf(`p${seed}x`), { numRuns: 1, seed })
  const events = history?.account.events ?? []
  await publisher.publishAll(
    events.map((event) => ({
      topic: `${prefix}${TOPICS.stripeEvents.name}`,
      key: `platform:live:${seed}`,
      value: JSON.stringify(event),
      headers: { [HEADER.id]: event.id, [HEADER.type]: `com.stripe.${event.type}` },
    })),
  )
  sent += events.length
}
await publisher.close()
process.stdout.write(`${sent} events in the log\n`)

const stopping = new AbortController()
const live = createApp(settings, { logger, onFatal: () => process.exit(1), signal: stopping.signal })
const began = performance.now()
await live.start()
const store = await connectStore({ url: mongoUrl, database: settings.mongodbDatabase, appName: 'bench' })
const claims = store.db.collection('idempotency')
await waitUntil(async () => (await claims.estimatedDocumentCount()) >= sent, {
  what: 'the living service to have folded everything',
  deadlineMs: 600_000,
  everyMs: 250,
})
const took = (performance.now() - began) / 1000
process.stdout.write(`the living service: ${sent} events in ${took.toFixed(1)} s\n`)

const into = `${settings.mongodbDatabase}_rebuilt`
const rebuild = await openLicensingRebuild(settings, logger, { into })
const started = performance.now()
const records = await rebuild.fold()
const seconds = (performance.now() - started) / 1000
process.stdout.write(
  `the rebuild: ${records} records in ${seconds.toFixed(1)} s = ${Math.round(records / seconds)} events/s\n`,
)
const compared = await rebuild.compare()
const { state, keys, licenses } = compared.rebuilt
process.stdout.write(
  `${licenses} licenses\n  state ${state}\n  keys  ${keys}\n${compared.isSame ? 'identical' : `DIFFERENT: ${compared.different.length}`}\n`,
)
await rebuild.store.db.dropDatabase()
await rebuild.close()
stopping.abort()
await live.stop()
await store.db.dropDatabase()
await store.client.close()
process.exit(compared.isSame && records >= EVENTS ? 0 : 1)
