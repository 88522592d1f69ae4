import { randomUUID } from 'node:crypto'
import { ALL_TOPICS, consumerGroup, TOPICS } from '@keyflow/contracts'
import {
  type ArchiveReport,
  type ArchiveTarget,
  connectStore,
  createFileTarget,
  createKafka,
  createPublisher,
  createS3Target,
  defineConfig,
  followGenerations,
  followTopic,
  kafkaConnection,
  kafkaFields,
  type Logger,
  openArchive,
  optionalSecret,
  type RecordArchive,
  runArchive,
  text,
  verifyArchive,
} from '@keyflow/runtime'
import { createStripeAccess } from '@keyflow/runtime/stripe'
import { loadCatalogFile } from './adapters/catalog-file.ts'
import { identifyLicense } from './adapters/uuid-license-id.ts'
import { EXAMPLE_CATALOG, policyOf } from './app.ts'
import type { LicensingConfig } from './config.ts'
import { type CatalogVersion, startHistory } from './domain/catalog-history.ts'
import { FOLDED_TOPICS } from './log-and-store.ts'
import { createReconciler } from './reconciler.ts'
import { readVersions } from './workers/catalog-log.ts'
import type { ReconcileOrder } from './workers/reconcile/reconcile.ts'
import type { ReconcileReport } from './workers/reconcile/reconcile-report.ts'

export { config } from './config.ts'
export { type LicensingRebuild, openLicensingRebuild, type RebuildOrder } from './rebuild.ts'
export { RECONCILE_LAYERS, type ReconcileLayer } from './workers/reconcile/reconcile.ts'
export { type ReconcileReport, unaccounted } from './workers/reconcile/reconcile-report.ts'

/** One reconciliation, beside the service or without it. */
export const runReconcile = async (
  config: LicensingConfig,
  logger: Logger,
  order: ReconcileOrder,
): Promise<ReconcileReport> => {
  const kafka = createKafka({ clientId: 'keyflow-reconcile', ...kafkaConnection(config), logger })
  const named = await connectStore({
    url: config.mongodbUrl,
    database: config.mongodbDatabase,
    appName: 'keyflow-reconcile',
  })
  const publisher = await createPublisher({ kafka })
  try {
    const { store } = await followGenerations(named)
    let versions: readonly CatalogVersion[] = []
    const follower = await followTopic({
      kafka,
      topic: `${config.topicPrefix}${TOPICS.catalogVersions.name}`,
      groupId: `${config.topicPrefix}keyflow.reconcile.${randomUUID()}`,
      handle: async (records) => {
        versions = readVersions(versions, records)
      },
      logger,
      onFatal: () => {},
    })
    await follower.caughtUp
    await follower.stop()
    const [first, ...rest] = versions
    const catalogs =
      first === undefined
        ? startHistory(loadCatalogFile(config.catalogFile === '' ? EXAMPLE_CATALOG : config.catalogFile))
        : ([first, ...rest] as const)
    const rules = { catalogs, policy: policyOf(config), identify: identifyLicense }
    const access = createStripeAccess({
      apiKeys: config.stripeApiKeys,
      apiBase: config.stripeApiBase,
      requestsPerSecond: config.stripeRequestsPerSecond,
      clock: () => new Date(),
    })
    return await createReconciler(config, { store, publisher, access, rules: () => rules, logger })(order)
  } finally {
    await publisher.close()
    await named.client.close()
  }
}

/** Where the archive is, for the operator's commands. */
export const archiveConfig = defineConfig('archive', {
  ...kafkaFields,
  topicPrefix: text('TOPIC_PREFIX', { doc: 'Put before every topic name.', default: '' }),
  archiveUrl: text('ARCHIVE_URL', {
    doc: 'A folder, or https://<s3 endpoint>/<bucket>/<prefix> of any S3-compatible store.',
  }),
  region: text('ARCHIVE_S3_REGION', { doc: 'Region of the bucket.', default: 'us-east-1' }),
  accessKeyId: text('ARCHIVE_S3_ACCESS_KEY_ID', { doc: 'Of a user who may read and write it.', default: '' }),
  secretAccessKey: optionalSecret('ARCHIVE_S3_SECRET_ACCESS_KEY', { doc: 'Of the same user.' }),
})
export type ArchiveConfig = ReturnType<typeof archiveConfig.load>

/** What retention would take: everything that a rebuild needs and that is not kept for ever by its topic. */
const archivedTopics = ({ topicPrefix }: Pick<ArchiveConfig, 'topicPrefix'>): readonly string[] =>
  ALL_TOPICS.filter(({ name }) => FOLDED_TOPICS.includes(name)).map(({ name }) => `${topicPrefix}${name}`)

const targetOf = (config: ArchiveConfig): ArchiveTarget =>
  /^https?:/.test(config.archiveUrl)
    ? createS3Target({ ...config, url: config.archiveUrl })
    : createFileTarget(config.archiveUrl)

const kafkaOf = (config: ArchiveConfig, logger: Logger) =>
  createKafka({ clientId: 'keyflow-archive', ...kafkaConnection(config), logger })

export const archiveNow = (
  config: ArchiveConfig,
  logger: Logger,
  onProgress: (records: number) => void,
  signal: AbortSignal,
): Promise<ArchiveReport> =>
  runArchive({
    kafka: kafkaOf(config, logger),
    target: targetOf(config),
    topics: archivedTopics(config),
    groupId: `${config.topicPrefix}${consumerGroup('licensing')}.archive.${randomUUID()}`,
    logger,
    onProgress,
    signal,
  })

export const verifyNow = (
  config: ArchiveConfig,
  logger: Logger,
  onProgress: (records: number) => void,
): Promise<ArchiveReport> =>
  verifyArchive({
    kafka: kafkaOf(config, logger),
    target: targetOf(config),
    topics: archivedTopics(config),
    onProgress,
  })

/** The archive, for a rebuild of licensing to begin with; or of some topics alone, for another service. */
export const archiveOf = (
  config: ArchiveConfig,
  logger: Logger,
  only: readonly string[] = FOLDED_TOPICS,
): Promise<RecordArchive> =>
  openArchive(
    kafkaOf(config, logger),
    targetOf(config),
    only.map((name) => `${config.topicPrefix}${name}`),
  )
