import { TOPICS } from '@keyflow/contracts'
import type { Kafka } from 'kafkajs'
import type { BatchProcessorOptions } from '../consumer/batch-contract.ts'
import { createBatchMetrics } from '../consumer/batch-metrics.ts'
import { createBatchProcessor } from '../consumer/batch-processor.ts'
import { CLAIMS } from '../consumer/claims.ts'
import type { ConsumerServiceOptions } from '../consumer/consumer-service.ts'
import { DEAD_LETTERS } from '../consumer/dead-letters.ts'
import { createGroupCommit } from '../consumer/group-commit.ts'
import { KeyflowError } from '../errors/classify.ts'
import { createKafka } from '../kafka/client.ts'
import { createPublisher } from '../kafka/coalescing-publisher.ts'
import { kafkaConnection } from '../kafka/connection.ts'
import {
  deleteGroup,
  groupOffsets,
  type Offsets,
  setGroupOffsets,
  topicRanges,
} from '../kafka/group-offsets.ts'
import { readUntilEnd } from '../kafka/read-until.ts'
import type { IncomingRecord } from '../kafka/records.ts'
import { createFailpoints } from '../lifecycle/failpoints.ts'
import { connectStore, type Store } from '../mongo/client.ts'
import { GENERATION, readGeneration, writeGeneration } from '../mongo/generation.ts'
import { migrate } from '../mongo/migrate.ts'
import { OUTBOX } from '../outbox/outbox.ts'
import { PERSONAL_KEYS } from '../personal/key-store.ts'
import { type WithPersonal, withPersonalRecords } from '../personal/personal-consumer.ts'
import { createPersonalVault } from '../personal/personal-vault.ts'
import { createRegistry } from '../telemetry/metrics.ts'

export interface RebuildOptions<T>
  extends Pick<
    ConsumerServiceOptions<T>,
    'service' | 'groupId' | 'topics' | 'config' | 'collections' | 'decode' | 'apply' | 'onErased' | 'logger'
  > {
  /** Name of the database to fold into: new, or of a rebuild that was interrupted. */
  readonly into: string
  /** Records that the topics no longer hold, oldest first, and up to which offset of each partition they go. */
  readonly archive?: RecordArchive
  /** Topics of which the beginning may be gone. */
  readonly expendable?: readonly string[]
  readonly signal?: AbortSignal
  /** How many records have been folded so far. */
  readonly onProgress?: (records: number) => void
}

export interface RecordArchive {
  readonly ends: Offsets
  readonly read: () => AsyncIterable<readonly IncomingRecord[]>
}

export interface Rebuild {
  readonly store: Store
  readonly kafka: Kafka
  /** Folds everything up to the present ends of the topics; again later, what has been added since. Gives how many. */
  readonly fold: () => Promise<number>
  /** Reads a topic from its beginning to its present end, without folding it. */
  readonly readAll: (topic: string, handle: (records: readonly IncomingRecord[]) => void) => Promise<void>
  /** From here on services may open it; they go on behind the last record that was folded. */
  readonly release: () => Promise<void>
  readonly close: () => Promise<void>
}

const GATHER_MS = 4

/**
 * Folds the log into another database, beside whatever is running. It has no publisher, so it can neither publish nor
 * queue anything: of what its records caused back then nothing is caused again. Its time is the time of the records.
 * (The vault may put data keys on their own topic: without them nobody could read what it seals.)
 */
export const openRebuild = async <T>(options: RebuildOptions<T>): Promise<Rebuild> => {
  const { config, service, logger, into } = options
  const group = `${options.groupId}.${into}`
  const store = await connectStore({ url: config.mongodbUrl, database: into, appName: `keyflow-rebuild` })
  const generation = await readGeneration(store)
  if (generation !== null && generation.state !== 'building') {
    await store.client.close()
    throw new KeyflowError(
      'invalid',
      'DATABASE_IN_USE',
      `the database ${into} is ${generation.state}: name another`,
    )
  }
  await migrate(
    store,
    [CLAIMS, OUTBOX, DEAD_LETTERS, PERSONAL_KEYS, GENERATION, ...options.collections],
    `rebuild-${process.pid}`,
  )
  await writeGeneration(store, { state: 'building', group, next: null })
  const kafka = createKafka({ clientId: 'keyflow-rebuild', ...kafkaConnection(config), logger })
  const personalTopic = `${config.topicPrefix}${TOPICS.personalKeys.name}`
  const keyPublisher = await createPublisher({ kafka })
  const processor = createBatchProcessor<WithPersonal<T>>({
    service,
    store,
    logger,
    ...withPersonalRecords({ ...options, topic: personalTopic }),
    publisher: null,
    personal: createPersonalVault({
      store,
      publisher: keyPublisher,
      topic: personalTopic,
      masterKeys: config.personalMasterKeys,
    }),
    deadLetterTopic: `${config.topicPrefix}${TOPICS.deadLetters.name}`,
    metrics: createBatchMetrics(createRegistry({ defaults: false }), service),
    clock: timeOf,
    failpoint: createFailpoints(config.failpoints),
  })
  let folded = 0
  const count: BatchHandler = async (records) => {
    await processor.handle(records)
    folded += records.length
    options.onProgress?.(folded)
  }
  const { batchRecords, partitionsAtOnce } = config
  const handle = createGroupCommit(count, { batchRecords, atOnce: partitionsAtOnce, gatherMs: GATHER_MS })
  const reading = {
    kafka,
    batchRecords,
    partitionsAtOnce,
    logger,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  }
  const read = (topics: readonly string[]): Promise<void> =>
    readUntilEnd({ ...reading, groupId: group, topics, keepOffsets: true, handle })
  // Of a rebuild that was interrupted: an archive is read again unless its end was reached.
  let isStarted = [...(await groupOffsets(kafka, group, options.topics)).values()].some(
    ({ size }) => size > 0,
  )

  const start = async (): Promise<void> => {
    // Erasures first: of an erased person nothing is ever sealed anew.
    await read([personalTopic])
    if (isStarted) return
    const { low } = await topicRanges(kafka, options.topics)
    assertNoGap(low, options.archive?.ends, new Set(options.expendable))
    if (options.archive !== undefined) {
      for await (const records of options.archive.read()) await count(records)
      await setGroupOffsets(kafka, group, options.archive.ends)
    }
    isStarted = true
  }

  return {
    store,
    kafka,
    fold: async () => {
      const before = folded
      await start()
      await read(options.topics)
      return folded - before
    },
    readAll: async (topic, take) => {
      const reader = `${group}.${process.hrtime.bigint()}`
      await readUntilEnd({
        ...reading,
        groupId: reader,
        topics: [topic],
        keepOffsets: false,
        handle: async (records) => take(records),
      })
      await deleteGroup(kafka, reader).catch(() => {})
    },
    release: () => writeGeneration(store, { state: 'live', group, next: null }),
    close: async () => {
      await keyPublisher.close()
      await store.client.close()
    },
  }
}

type BatchHandler = ReturnType<typeof createBatchProcessor>['handle']

/** The newest record of a batch says when it is. */
const timeOf: BatchProcessorOptions<unknown>['clock'] = (records = []) =>
  new Date(Math.max(0, ...records.map(({ timestamp }) => timestamp)))

/** Folding what is left of a log that has lost its beginning gives licenses that look right and are not. */
const assertNoGap = (low: Offsets, archived: Offsets | undefined, expendable: ReadonlySet<string>): void => {
  for (const [topic, partitions] of low)
    for (const [partition, first] of partitions) {
      const from = archived?.get(topic)?.get(partition) ?? 0n
      if (first > from && !expendable.has(topic))
        throw new KeyflowError(
          'invalid',
          'LOG_INCOMPLETE',
          `${topic}/${partition} begins at ${first}, and ${from === 0n ? 'nothing' : `what is archived ends at ${from}`}: the records between are gone`,
        )
    }
}
