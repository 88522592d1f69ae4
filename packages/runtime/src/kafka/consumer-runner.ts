import type { EachBatchPayload, Kafka } from 'kafkajs'
import { atMost } from '../errors/backoff.ts'
import type { Logger } from '../telemetry/logger.ts'
import { watchHealth } from './consumer-health.ts'
import { createHeldPartitions } from './held-partitions.ts'
import { toIncoming } from './incoming-record.ts'
import type { IncomingRecord } from './records.ts'

export interface ConsumerRunnerOptions {
  readonly kafka: Kafka
  readonly groupId: string
  readonly topics: readonly string[]
  /** Most records handed over at once. */
  readonly batchRecords: number
  readonly partitionsAtOnce: number
  /**
   * Applies records of one partition, in order, all or nothing. Whatever it throws holds the partition and is tried
   * again with backoff: giving a record up (dead letter) is the handler's own decision, never an exception.
   */
  readonly handle: (records: readonly IncomingRecord[]) => Promise<void>
  /** The consumer has stopped for good; the process must exit, or it would live on consuming nothing. */
  readonly onFatal: (error: Error) => void
  readonly logger: Logger
  readonly onPaused?: (topic: string, partition: number, paused: boolean) => void
  /** A member of the group (again): after the start, and after each rebalance. */
  readonly onJoined?: () => void
  readonly sessionTimeoutMs?: number
  /** false: the group keeps no offsets, and starts from the beginning whenever it joins. */
  readonly keepOffsets?: boolean
  /** Longest wait of `stop` for the handler in hand and for a broker that does not answer; default 15 s. */
  readonly stopMs?: number
}

export interface ConsumerRunner {
  /** Member of the group, and heard of by the broker within three session timeouts. */
  isReady(): boolean
  isLive(): boolean
  /** Finishes the handler in hand, commits, leaves the group. No handler begins once it is called. */
  stop(): Promise<void>
}

/**
 * Runs a consumer group member; resolves once it has joined. Offsets are committed only after `handle` resolved for
 * everything before them. Rejects, with nothing left open, when broker or topic are not there.
 */
export const startConsumer = async (options: ConsumerRunnerOptions): Promise<ConsumerRunner> => {
  const { sessionTimeoutMs = 10_000, stopMs = 15_000, keepOffsets = true } = options
  let stopped = false
  const consumer = options.kafka.consumer({
    groupId: options.groupId,
    sessionTimeout: sessionTimeoutMs,
    heartbeatInterval: Math.floor(sessionTimeoutMs / 5),
    rebalanceTimeout: 30_000,
    maxWaitTimeInMs: 500,
    minBytes: 1,
    maxBytesPerPartition: 1_048_576,
    maxBytes: 10_485_760,
    allowAutoTopicCreation: false,
    retry: {
      initialRetryTime: 200,
      maxRetryTime: 3000,
      retries: 12,
      restartOnFailure: async () => !stopped,
    },
  })
  const health = watchHealth(consumer, options, sessionTimeoutMs, () => stopped)
  const held = createHeldPartitions(options)

  const eachBatch = async (payload: EachBatchPayload): Promise<void> => {
    const { batch } = payload
    // kafkajs cannot be stopped while it restarts after a crash, and comes back: it is left without work.
    if (stopped) return void payload.pause()
    const records = batch.messages.map((message) => toIncoming(batch.topic, batch.partition, message))
    for (let start = 0; start < records.length; start += options.batchRecords) {
      if (stopped || !payload.isRunning() || payload.isStale()) break
      const chunk = records.slice(start, start + options.batchRecords)
      const beats = keepBeating(payload, sessionTimeoutMs / 5)
      try {
        await options.handle(chunk)
      } catch (error) {
        if (!stopped) held.hold(payload, error)
        break
      } finally {
        beats.stop()
      }
      held.succeeded(batch)
      payload.resolveOffset((chunk.at(-1) as IncomingRecord).offset)
      await beatOrCommit(payload, beats.failure(), keepOffsets)
    }
    if (keepOffsets) await payload.commitOffsetsIfNecessary(payload.uncommittedOffsets())
  }

  try {
    await consumer.connect()
    await consumer.subscribe({ topics: [...options.topics], fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: options.partitionsAtOnce,
      eachBatch,
    })
  } catch (error) {
    await consumer.disconnect().catch(() => {})
    throw error
  }

  return {
    ...health,
    stop: async () => {
      stopped = true
      held.stop()
      await atMost(stopMs, consumer.disconnect())
    },
  }
}

/** A long transaction must not get the member expelled: heartbeats go on while the handler works. */
const keepBeating = (payload: EachBatchPayload, everyMs: number) => {
  let failed: unknown
  const timer = setInterval(() => {
    payload.heartbeat().catch((error: unknown) => {
      failed = error
    })
  }, everyMs)
  return { stop: () => clearInterval(timer), failure: () => failed }
}

/** On a failed heartbeat (rebalance) commit what is done, then let kafkajs rejoin: otherwise it is all done twice. */
const beatOrCommit = async (
  payload: EachBatchPayload,
  earlier: unknown,
  keepOffsets: boolean,
): Promise<void> => {
  try {
    if (earlier !== undefined) throw earlier
    await payload.heartbeat()
  } catch (error) {
    if (keepOffsets) await payload.commitOffsetsIfNecessary(payload.uncommittedOffsets()).catch(() => {})
    throw error
  }
}
