import { TOPICS } from '@keyflow/contracts'
import type { ClientSession } from 'mongodb'
import { atMost } from '../errors/backoff.ts'
import { createKafka, type KafkaOptions } from '../kafka/client.ts'
import { createPublisher } from '../kafka/coalescing-publisher.ts'
import { type KafkaConfig, kafkaConnection } from '../kafka/connection.ts'
import { type ConsumerRunner, startConsumer } from '../kafka/consumer-runner.ts'
import { type FollowTopicOptions, followTopic, type TopicFollower } from '../kafka/follow-topic.ts'
import { hasReadBefore } from '../kafka/group-offsets.ts'
import type { RecordPublisher } from '../kafka/records.ts'
import { type BacklogWatch, watchBacklog } from '../kafka/watch-backlog.ts'
import { createFailpoints } from '../lifecycle/failpoints.ts'
import { untilAvailable } from '../lifecycle/until-available.ts'
import { connectStore, type Store } from '../mongo/client.ts'
import { assertLive, claimDatabase, followGenerations, GENERATION } from '../mongo/generation.ts'
import { type CollectionSpec, migrate } from '../mongo/migrate.ts'
import { storeProblems } from '../mongo/store-problems.ts'
import { OUTBOX } from '../outbox/outbox.ts'
import { startSweeper, sweepOnce } from '../outbox/sweeper.ts'
import { PERSONAL_KEYS } from '../personal/key-store.ts'
import type { MasterKeys } from '../personal/master-keys.ts'
import { type OnErased, type WithPersonal, withPersonalRecords } from '../personal/personal-consumer.ts'
import { createPersonalVault, type PersonalVault } from '../personal/personal-vault.ts'
import { assertMasterKeys, rewrapKeys } from '../personal/rewrap-keys.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Registry } from '../telemetry/metrics.ts'
import { rememberedReading } from '../telemetry/remembered-reading.ts'
import { createBacklogMetrics } from './backlog-metrics.ts'
import type { BatchProcessorOptions } from './batch-contract.ts'
import { createBatchMetrics } from './batch-metrics.ts'
import { createBatchProcessor } from './batch-processor.ts'
import { CLAIMS } from './claims.ts'
import { DEAD_LETTERS } from './dead-letters.ts'
import { createGroupCommit } from './group-commit.ts'
import { createRecordsInHand } from './records-in-hand.ts'
import { readStoredBacklog } from './stored-backlog.ts'
import { watchDatabase } from './watch-database.ts'

/** Costs a busy topic this much latency and saves it most of its transactions. */
const GATHER_MS = 8

export interface ConsumerServiceOptions<T> {
  readonly service: string
  readonly groupId: string
  readonly topics: readonly string[]
  readonly deadLetterTopic: string
  readonly config: KafkaConfig & {
    readonly topicPrefix: string
    readonly personalMasterKeys: MasterKeys
    readonly mongodbUrl: string
    readonly mongodbDatabase: string
    readonly batchRecords: number
    readonly partitionsAtOnce: number
    readonly failpoints: string
  }
  /** Collections of this service besides those that every consumer has. */
  readonly collections: readonly CollectionSpec[]
  readonly decode: BatchProcessorOptions<T>['decode']
  readonly apply: BatchProcessorOptions<T>['apply']
  readonly onErased?: OnErased
  readonly clock: () => Date
  readonly logger: Logger
  readonly registry: Registry
  readonly onFatal: (error: Error) => void
  readonly signal: AbortSignal
  readonly socketFactory?: KafkaOptions['socketFactory']
}

export interface ConsumerService {
  readonly store: Store
  /** Of what is older, people have heard before the database was lost. */
  readonly quietBefore: Date | null
  readonly publisher: RecordPublisher
  readonly personal: PersonalVault
  /** Full name of the topic of personal keys and erasures. */
  readonly personalTopic: string
  /** For transactions besides the consumer's: throws when another database takes the place of this one. */
  readonly assertLive: (session: ClientSession) => Promise<void>
  /** Reads a small topic wholly, in this replica alone; its members end with the service. */
  readonly follow: (
    topic: string,
    handle: FollowTopicOptions['handle'],
  ) => Promise<{ readonly caughtUp: Promise<void> }>
  readonly isLive: () => boolean
  readonly checks: () => Promise<Readonly<Record<string, boolean>>>
  /** What the database lacks of what this service needs. */
  readonly problems: () => Promise<readonly string[]>
  /** Begins to consume; resources that `apply` needs may be built between opening and this. */
  readonly consume: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** Opens MongoDB (migrated) and Kafka, and stands ready to consume. What every consumer of Keyflow is made of. */
export const openConsumerService = async <T>(
  options: ConsumerServiceOptions<T>,
): Promise<ConsumerService> => {
  const { config, logger, service } = options
  const waiting = { logger, signal: options.signal }
  const named = await untilAvailable(
    'mongodb',
    () =>
      connectStore({
        url: config.mongodbUrl,
        database: config.mongodbDatabase,
        appName: `keyflow-${service}`,
      }),
    waiting,
  )
  const kafka = createKafka({
    clientId: `keyflow-${service}`,
    ...kafkaConnection(config),
    logger,
    ...(options.socketFactory === undefined ? {} : { socketFactory: options.socketFactory }),
  })
  const { store, groupId, quietBefore } = await untilAvailable(
    'database',
    async () => {
      const found = await followGenerations(named)
      const group = found.generation?.group ?? options.groupId
      await claimDatabase(found.store, () => hasReadBefore(kafka, group, options.topics))
      return { store: found.store, groupId: group, quietBefore: found.generation?.quietBefore ?? null }
    },
    waiting,
  )
  const owner = `${service}-${process.pid}-${process.hrtime.bigint()}`
  const collections = [CLAIMS, OUTBOX, DEAD_LETTERS, PERSONAL_KEYS, GENERATION, ...options.collections]
  await untilAvailable('migration', () => migrate(store, collections, owner), waiting)
  const publisher = await untilAvailable('kafka', () => createPublisher({ kafka }), waiting)
  const metrics = createBatchMetrics(options.registry, service)
  const personalTopic = `${config.topicPrefix}${TOPICS.personalKeys.name}`
  const keeping = { store, publisher, topic: personalTopic, masterKeys: config.personalMasterKeys, logger }
  const personal = createPersonalVault(keeping)
  await untilAvailable('personal keys', () => assertMasterKeys(keeping), waiting)
  const processor = createBatchProcessor<WithPersonal<T>>({
    ...options,
    ...withPersonalRecords({ ...options, topic: personalTopic }),
    store,
    publisher,
    personal,
    assertStore: (session) => assertLive(store, session),
    metrics,
    failpoint: createFailpoints(config.failpoints),
  })
  const inHand = createRecordsInHand()
  const handle = inHand.watched(
    createGroupCommit(processor.handle, {
      batchRecords: config.batchRecords,
      atOnce: config.partitionsAtOnce,
      gatherMs: GATHER_MS,
    }),
  )
  const now = (): number => options.clock().getTime()
  const topics = [...options.topics, personalTopic]
  let backlog: BacklogWatch | undefined
  createBacklogMetrics(options.registry, service, config.topicPrefix, {
    lags: () => backlog?.lags() ?? [],
    oldestSeconds: () => Math.max(inHand.oldestAge(now()), backlog?.oldestAge(now()) ?? 0) / 1000,
    stored: rememberedReading(() => readStoredBacklog(store, options.clock()), now),
  })
  const watch = watchDatabase(store, options.onFatal)
  let runner: ConsumerRunner | undefined
  let isStopped = false
  let sweeper: ReturnType<typeof startSweeper> | undefined
  const followers: TopicFollower[] = []

  return {
    store,
    quietBefore,
    publisher,
    personal,
    personalTopic,
    assertLive: (session) => assertLive(store, session),
    follow: async (topic, handle) => {
      const follower = await untilAvailable(
        'kafka topic',
        () =>
          followTopic({
            kafka,
            topic,
            handle,
            groupId: `${groupId}.${owner}`,
            logger,
            onFatal: options.onFatal,
          }),
        waiting,
      )
      followers.push(follower)
      if (isStopped) await follower.stop()
      return follower
    },
    isLive: () => runner?.isLive() ?? true,
    problems: () => storeProblems(store, collections),
    checks: async () => ({
      kafka: runner?.isReady() ?? false,
      mongodb: watch.isOurs() && (await answers(store)),
    }),
    consume: async () => {
      // What a dead process of this service left must go out before anything newer does.
      await untilAvailable('outbox', () => sweepOnce({ store, publisher, logger }, 0), waiting)
      await untilAvailable('personal keys', () => rewrapKeys(keeping), waiting)
      sweeper = startSweeper({ store, publisher, logger })
      const started = await untilAvailable(
        'kafka consumer',
        () =>
          startConsumer({
            kafka,
            groupId,
            topics,
            batchRecords: config.batchRecords,
            partitionsAtOnce: config.partitionsAtOnce,
            handle,
            onFatal: options.onFatal,
            onJoined: () => {
              inHand.forget()
              metrics.joined()
            },
            onPaused: (_topic, _partition, paused) => metrics.held(paused ? 1 : -1),
            logger,
          }),
        waiting,
      )
      runner = started
      backlog = watchBacklog({ kafka, groupId, topics, clock: now })
      // Shutdown began while it was joining its group: nobody else knows of it.
      if (isStopped) await Promise.all([started.stop(), backlog.stop()])
    },
    stop: async () => {
      isStopped = true
      try {
        await Promise.all([runner?.stop(), backlog?.stop(), ...followers.map((follower) => follower.stop())])
        // The publisher ends what the sweeper waits for.
        await Promise.all([sweeper?.stop(), publisher.close(), watch.stop()])
      } finally {
        await store.client.close()
      }
    },
  }
}

/** Longest wait for a sign of the database, milliseconds: the driver itself waits for its socket's 15 s. */
const SIGN_MS = 1000

const answers = async (store: Store): Promise<boolean> => {
  let isThere = false
  const ping = async (): Promise<void> => {
    await store.db.command({ ping: 1 })
    isThere = true
  }
  await atMost(SIGN_MS, ping()).catch(() => {})
  return isThere
}
