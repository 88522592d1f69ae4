import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { consumerGroup, TOPICS } from '@keyflow/contracts'
import {
  type App,
  type AppContext,
  type ConsumerService,
  consumerHealth,
  createFailpoints,
  createHttpServer,
  createOpsServer,
  createRegistry,
  deadLettersRoute,
  openConsumerService,
  rememberedReading,
  splitList,
} from '@keyflow/runtime'
import { createStripeAccess } from '@keyflow/runtime/stripe'
import { digestCatalog, loadCatalogFile } from './adapters/catalog-file.ts'
import { countOpenReviews } from './adapters/count-open-reviews.ts'
import { createLicenseKeys } from './adapters/crypto-license-keys.ts'
import { createKeyTransport } from './adapters/jose-key-transport.ts'
import { createSealedText } from './adapters/jose-sealed-text.ts'
import { createSnapshotReader } from './adapters/stripe-snapshot-reader.ts'
import { identifyLicense } from './adapters/uuid-license-id.ts'
import type { LicensingConfig } from './config.ts'
import { headOf, startHistory } from './domain/catalog-history.ts'
import type { Policy } from './domain/derived-license.ts'
import type { FoldRules } from './domain/fold.ts'
import { createLicensingMetrics } from './licensing-metrics.ts'
import { COLLECTIONS, FOLDED_TOPICS } from './log-and-store.ts'
import { openValidation } from './open-validation.ts'
import { createReconcileMetrics } from './reconcile-metrics.ts'
import { createReconciler } from './reconciler.ts'
import { createReviewMetrics } from './review-metrics.ts'
import { registerRoutes } from './routes.ts'
import { createApiKeys } from './workers/api-keys.ts'
import { createApplyFacts } from './workers/apply-facts.ts'
import { type AskStripe, startAskingStripe } from './workers/ask-stripe.ts'
import { type CatalogLog, openCatalogLog } from './workers/catalog-log.ts'
import { decodeRecord } from './workers/decode-record.ts'
import type { FactItem } from './workers/fold-ledgers.ts'
import { startReconcileSchedule } from './workers/reconcile/reconcile-schedule.ts'
import { createRefoldLedgers } from './workers/refold-ledgers.ts'
import type { SettleDeps } from './workers/settle-ledgers.ts'
import { startLedgerSweep } from './workers/sweep-ledgers.ts'

/** What is sold where nothing else is configured. */
export const EXAMPLE_CATALOG = fileURLToPath(new URL('../catalog/example.yaml', import.meta.url))

/**
 * Wires licensing: topics -> facts -> licenses -> events, the questions to Stripe, and the license API.
 * `tell` shows whoever starts an installation its first API key: on a terminal, never in a log line.
 */
export const createApp = (
  config: LicensingConfig,
  context: AppContext,
  tell: (text: string) => void = (text) => void process.stdout.write(text),
): App => {
  const first = loadCatalogFile(config.catalogFile === '' ? EXAMPLE_CATALOG : config.catalogFile)
  const registry = createRegistry()
  const keys = createLicenseKeys(config.issuerSecret)
  const clock = (): Date => new Date()
  const topic = (name: string): string => `${config.topicPrefix}${name}`
  const metrics = createLicensingMetrics(registry)
  const reconciled = createReconcileMetrics(registry)
  createReviewMetrics(
    registry,
    rememberedReading(
      async () => (consumer === undefined ? null : countOpenReviews(consumer.store)),
      () => clock().getTime(),
    ),
  )
  let asking: AskStripe | undefined
  let catalog: CatalogLog | undefined
  let consumer: ConsumerService | undefined
  const closers: (() => Promise<unknown>)[] = []

  const policy = policyOf(config)
  const rules = (): FoldRules => ({
    catalogs: catalog?.history() ?? startHistory(first),
    policy,
    identify: identifyLicense,
  })
  const settle: SettleDeps = {
    rules,
    keys,
    transport: createKeyTransport(config.keyTransportSecrets[0]),
    licenseTopic: topic(TOPICS.licenseEvents.name),
    acksTopic: topic(TOPICS.licenseAcks.name),
    metrics,
    wakeSnapshots: () => asking?.wake(),
  }

  const start = async (): Promise<void> => {
    const ops = createOpsServer({ registry, health: consumerHealth(() => consumer) })
    closers.push(() => ops.close())
    await ops.listen({ host: config.httpHost, port: config.opsPort })
    const opened = await openConsumerService<FactItem>({
      service: 'licensing',
      groupId: topic(consumerGroup('licensing')),
      topics: FOLDED_TOPICS.map(topic),
      deadLetterTopic: topic(TOPICS.deadLetters.name),
      config,
      collections: COLLECTIONS,
      decode: decodeRecord,
      apply: createApplyFacts(settle),
      clock,
      registry,
      ...context,
    })
    consumer = opened
    closers.push(() => opened.stop())
    const access = createStripeAccess({
      clock,
      apiKeys: config.stripeApiKeys,
      apiBase: config.stripeApiBase,
      requestsPerSecond: config.stripeRequestsPerSecond,
    })
    asking = startAskingStripe({
      store: opened.store,
      publisher: opened.publisher,
      reader: createSnapshotReader(access),
      snapshotTopic: topic(TOPICS.stripeSnapshots.name),
      logger: context.logger,
      newId: randomUUID,
      concurrency: 4,
      onRefused: () => metrics.reviewsOpened(['snapshot_refused']),
    })
    closers.push(async () => asking?.stop())
    const versions = await openCatalogLog({
      topic: topic(TOPICS.catalogVersions.name),
      follow: opened.follow,
      publisher: opened.publisher,
      first,
      clock,
      newId: randomUUID,
      logger: context.logger,
      signal: context.signal,
    })
    catalog = versions
    const { version, digest } = headOf(versions.history())
    // The file is where the catalog begins; after that a version is applied by a person who has seen the preview.
    if (config.catalogFile !== '' && digest !== digestCatalog(first))
      context.logger.warn({ version, digest, file: digestCatalog(first) }, 'catalog.file_differs')
    const refold = createRefoldLedgers(settle, opened, clock)
    const sweep = startLedgerSweep({
      store: opened.store,
      rules: settle.rules,
      refold,
      owner: randomUUID(),
      clock,
      failpoint: createFailpoints(config.failpoints),
      logger: context.logger,
    })
    versions.onVersion(sweep.wake)
    closers.push(() => sweep.stop())
    const apiKeys = createApiKeys({ store: opened.store, clock })
    const validation = await openValidation({ config, store: opened.store, metrics, clock, ...context })
    closers.push(() => validation.stop())
    const trusted = splitList(config.trustedProxies)
    const api = await createHttpServer({
      logger: context.logger,
      options: { trustProxy: trusted.length === 0 ? false : [...trusted] },
    })
    const schedule = startReconcileSchedule({
      store: opened.store,
      logger: context.logger,
      run: createReconciler(config, { ...opened, access, rules: settle.rules, logger: context.logger }),
      everyMinutes: config.reconcileMinutes,
      objectsEveryHours: config.reconcileObjectsHours,
      minAgeSeconds: config.reconcileMinAgeSeconds,
      onReport: (layers, report) => reconciled.reported(layers, report, clock()),
    })
    closers.push(() => schedule.stop())
    await registerRoutes(api, {
      config,
      store: opened.store,
      publisher: opened.publisher,
      keys,
      catalog: versions,
      rules,
      refold,
      operationsTopic: topic(TOPICS.licenseOperations.name),
      activationsTopic: topic(TOPICS.licenseActivations.name),
      apiKeys,
      personal: opened.personal,
      sealed: createSealedText(config.issuerSecret),
      identify: identifyLicense,
      ...validation.services,
      onVerdict: metrics.validated,
      clock,
      newId: randomUUID,
    })
    closers.push(() => api.close())
    deadLettersRoute(api, { ...opened, operatorToken: config.operatorToken, clock })
    await api.listen({ host: config.httpHost, port: config.httpPort })
    const firstKey = await apiKeys.createFirst()
    if (firstKey !== null) tell(`The first API key, with all scopes. It is shown this once:\n${firstKey}\n`)
    await opened.consume()
  }

  return {
    start,
    /** In reverse order of opening: intake first, connections last. */
    stop: async () => {
      for (const close of closers.reverse()) await close()
    },
  }
}

/** The seller's choices, as the domain knows them. */
export const policyOf = (config: LicensingConfig): Policy => ({
  slack: config.slackSeconds,
  pausedCollection: config.pausedCollection,
  openDispute: config.openDispute,
  fraudWarning: config.fraudWarning,
  ended: config.ended,
  freeTier: config.freeTier,
  grace: config.graceDays * 86_400,
  resubscribeWindow: config.resubscribeDays * 86_400,
})
