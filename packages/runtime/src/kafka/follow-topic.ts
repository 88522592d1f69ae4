import type { Kafka } from 'kafkajs'
import type { Logger } from '../telemetry/logger.ts'
import { startConsumer } from './consumer-runner.ts'
import type { IncomingRecord } from './records.ts'

export interface FollowTopicOptions {
  readonly kafka: Kafka
  readonly topic: string
  /** Unique to this process: nobody shares its work, no offset of it is kept. */
  readonly groupId: string
  /** Called in order within a partition; may be called again with what it has seen. */
  readonly handle: (records: readonly IncomingRecord[]) => Promise<void>
  readonly logger: Logger
  readonly onFatal: (error: Error) => void
}

export interface TopicFollower {
  /** Resolves once everything has been handled that the topic held when the follower started. */
  readonly caughtUp: Promise<void>
  readonly stop: () => Promise<void>
}

/**
 * Reads a topic from its beginning and goes on with what is added, in every process that asks: for small topics of which
 * each replica must know the whole before it does anything else.
 */
export const followTopic = async (options: FollowTopicOptions): Promise<TopicFollower> => {
  const { kafka, topic } = options
  const wanted = await endsOf(kafka, topic)
  let report: () => void = () => undefined
  const caughtUp = new Promise<void>((resolve) => {
    report = resolve
  })
  if (wanted.size === 0) report()
  const runner = await startConsumer({
    kafka,
    groupId: options.groupId,
    topics: [topic],
    batchRecords: 500,
    partitionsAtOnce: 1,
    keepOffsets: false,
    handle: async (records) => {
      await options.handle(records)
      const last = records.at(-1)
      if (last === undefined) return
      if (BigInt(last.offset) + 1n >= (wanted.get(last.partition) ?? 0n)) wanted.delete(last.partition)
      if (wanted.size === 0) report()
    },
    onFatal: options.onFatal,
    logger: options.logger,
  })
  return { caughtUp, stop: () => runner.stop() }
}

/** Partition -> the offset after its last record; empty partitions are left out. */
const endsOf = async (kafka: Kafka, topic: string): Promise<Map<number, bigint>> => {
  const admin = kafka.admin()
  try {
    await admin.connect()
    const offsets = await admin.fetchTopicOffsets(topic)
    return new Map(
      offsets
        .filter(({ low, high }) => BigInt(high) > BigInt(low))
        .map(({ partition, high }) => [partition, BigInt(high)]),
    )
  } finally {
    await admin.disconnect().catch(() => {})
  }
}
