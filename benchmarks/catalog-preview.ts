// npm run bench:catalog: a preview over 100,000 licenses, and then the very change that it foresaw.
import { createHash } from 'node:crypto'
import {
  ALL_TOPICS,
  type CatalogContent,
  type CatalogRecord,
  canonical,
  type LicenseSummary,
  TOPICS,
} from '@keyflow/contracts'
import { createTopics, startStack, uniqueName } from '@keyflow/devstack'
import {
  connectStore,
  createKafka,
  createLogger,
  createPublisher,
  inTransaction,
  migrate,
  OUTBOX,
} from '@keyflow/runtime'
import { parseCatalog } from '../services/licensing/src/adapters/catalog-file.ts'
import { createLicenseKeys } from '../services/licensing/src/adapters/crypto-license-keys.ts'
import { createKeyTransport } from '../services/licensing/src/adapters/jose-key-transport.ts'
import { CATALOG_SWEEPS, findSweep } from '../services/licensing/src/adapters/mongo-catalog-sweeps.ts'
import { LEDGER_COLLECTIONS, writeLedgers } from '../services/licensing/src/adapters/mongo-ledgers.ts'
import { LICENSE_HISTORY } from '../services/licensing/src/adapters/mongo-license-history.ts'
import { LICENSES, writeLicenses } from '../services/licensing/src/adapters/mongo-licenses.ts'
import { identifyLicense } from '../services/licensing/src/adapters/uuid-license-id.ts'
import { followedBy, startHistory } from '../services/licensing/src/domain/catalog-history.ts'
import { DEFAULT_POLICY } from '../services/licensing/src/domain/derived-license.ts'
import type { FoldRules } from '../services/licensing/src/domain/fold.ts'
import { type License, summarize } from '../services/licensing/src/domain/license.ts'
import { previewCatalog } from '../services/licensing/src/workers/preview-catalog.ts'
import { createRefoldLedgers } from '../services/licensing/src/workers/refold-ledgers.ts'
import { sweepOnce } from '../services/licensing/src/workers/sweep-ledgers.ts'
import { createMemoryFold, factsOf } from '../services/licensing/test/history/fold-in-memory.ts'
import { createStripeAccount } from '../services/licensing/test/history/stripe-account.ts'
import { createSubscriptionStory } from '../services/licensing/test/history/subscription-story.ts'

const LICENSES_WANTED = process.argv.includes('--quick') ? 10_000 : 100_000
const AT_ONCE = 500
const PRICES = ['price_starter_monthly', 'price_pro_monthly', 'price_business_annual'] as const

const content: CatalogContent = parseCatalog(
  `
tiers:
  starter: { max_domains: 3, features: [updates] }
  pro: { max_domains: 10, features: [updates] }
  business: { max_domains: 25, features: [updates, sso] }
prices:
  price_starter_monthly: { tier: starter, product: app }
  price_pro_monthly: { tier: pro, product: app }
  price_business_annual: { tier: business, product: app }
`,
  'benchmark',
)
const candidate: Pick<CatalogRecord, 'content' | 'existing'> = {
  content: { ...content, tiers: { ...content.tiers, pro: { max_domains: 12, features: ['updates'] } } },
  existing: { prices: 'keep', tiers: 'follow' },
}
const rules: FoldRules = {
  catalogs: startHistory(content),
  policy: DEFAULT_POLICY,
  identify: identifyLicense,
}

const digestOf = (states: ReadonlyMap<string, LicenseSummary>): string =>
  createHash('sha256')
    .update(canonical([...states].sort(([a], [b]) => (a < b ? -1 : 1))))
    .digest('hex')
    .slice(0, 16)

const stack = await startStack({ log: (line) => console.log(line) })
try {
  const prefix = `${uniqueName('catalog')}.`
  await createTopics(stack.brokers, ALL_TOPICS, { prefix, partitions: 3 })
  const store = await connectStore({ url: stack.mongoUrl, database: uniqueName('catalog'), appName: 'bench' })
  await migrate(store, [...LEDGER_COLLECTIONS, LICENSES, LICENSE_HISTORY, CATALOG_SWEEPS, OUTBOX], 'bench')
  const account = createStripeAccount('b', Math.floor(Date.now() / 1000) - 86_400)
  const began = performance.now()
  for (let made = 0; made < LICENSES_WANTED; made += AT_ONCE) {
    const memory = createMemoryFold(rules)
    const from = account.events.length
    for (let at = 0; at < AT_ONCE; at += 1)
      createSubscriptionStory(account, {
        price: PRICES[(made + at) % PRICES.length] ?? PRICES[0],
        trial: false,
        payAtOnce: true,
      })
    for (const event of account.events.slice(from))
      memory.fold([{ id: event.id, facts: factsOf(event) }], event.created * 1000)
    await inTransaction(store, async (session) => {
      const tx = { session, store, now: new Date() }
      await writeLedgers(tx, {
        changed: [...memory.ledgers.values()].map((ledger) => ({ ...ledger, version: 0, catalog: 1 })),
        links: new Map(),
        absorbed: new Map(),
      })
      await writeLicenses(
        tx,
        [...memory.licenses.values()].map((after) => ({ before: undefined, after })),
      )
    })
    account.events.length = 0
    account.objects.clear()
  }
  console.log(`${LICENSES_WANTED} licenses written in ${((performance.now() - began) / 1000).toFixed(1)} s`)

  const foreseen = new Map<string, LicenseSummary>()
  const clock = (): Date => new Date()
  for await (const line of previewCatalog({ store, rules, clock }, candidate, new AbortController().signal)) {
    if (line.kind === 'change') foreseen.set(line.licenseId, line.after)
    if (line.kind === 'summary')
      console.log(
        `preview: ${line.licenses} licenses, ${line.changed} would change, in ${(line.tookMs / 1000).toFixed(1)} s (${Math.round((line.licenses * 1000) / line.tookMs)}/s), ${Math.round(process.memoryUsage().rss / 1024 / 1024)} MB resident`,
      )
  }

  const next = followedBy(rules.catalogs, {
    schemaVersion: 1,
    id: 'cat_bench',
    version: 2,
    at: clock().toISOString(),
    digest: '',
    source: 'api',
    restores: null,
    actor: 'bench',
    reason: 'bench',
    ...candidate,
  })
  if (next === undefined) throw new Error('the version does not follow')
  const logger = createLogger({ service: 'bench', level: 'silent' })
  const kafka = createKafka({ clientId: 'bench', brokers: stack.brokers, logger })
  const publisher = await createPublisher({ kafka })
  const refold = createRefoldLedgers(
    {
      rules: () => ({ ...rules, catalogs: next }),
      keys: createLicenseKeys('an issuer secret for a benchmark, 32 characters'),
      transport: createKeyTransport(Buffer.alloc(32, 7)),
      licenseTopic: `${prefix}${TOPICS.licenseEvents.name}`,
      acksTopic: `${prefix}${TOPICS.licenseAcks.name}`,
      metrics: { change: () => {}, reviewsOpened: () => {}, tied: () => {}, stale: () => {} },
      wakeSnapshots: () => {},
    },
    { store, publisher, assertLive: async () => {} },
    clock,
  )
  const applying = performance.now()
  await sweepOnce(
    {
      store,
      rules: () => ({ ...rules, catalogs: next }),
      refold,
      owner: 'bench',
      clock,
      failpoint: () => {},
      logger,
    },
    new AbortController().signal,
  )
  const changed = (await findSweep(store, 2))?.changed ?? 0
  const seconds = (performance.now() - applying) / 1000
  console.log(
    `apply: ${changed} of ${LICENSES_WANTED} licenses changed and told in ${seconds.toFixed(1)} s (${Math.round(LICENSES_WANTED / seconds)}/s)`,
  )
  const became = new Map<string, LicenseSummary>()
  const now = Math.floor(Date.now() / 1000)
  for await (const { _id, ...rest } of store.db
    .collection<{ _id: string } & Omit<License, 'id'>>('licenses')
    .find())
    if (foreseen.has(_id)) became.set(_id, summarize(rest, now))
  const equal = changed === foreseen.size && digestOf(became) === digestOf(foreseen)
  console.log(`foreseen ${digestOf(foreseen)}, became ${digestOf(became)}: ${equal ? 'equal' : 'DIFFERENT'}`)
  if (!equal) process.exitCode = 1
  await publisher.close()
  await store.db.dropDatabase()
  await store.client.close()
} finally {
  await stack.stop()
}
