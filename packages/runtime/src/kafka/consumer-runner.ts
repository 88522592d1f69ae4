import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs'
import { backoffMs } from '../errors/backoff.ts'
import { classify, failureCode } from '../errors/classify.ts'
import type { Logger } from '../telemetry/logger.ts'
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
  readonly sessionTimeoutMs?: number
}

export interface ConsumerRunner {
  /** Member of the group, and heard of by the broker within three session timeouts. */
  isReady(): boolean
  isLive(): boolean
  stop(): Promise<void>
}

/** Low enough that an outage that has just ended does not cost another half minute. */
const BACKOFF = { base: 250, max: 5000 }

/** Runs a consumer group member. Offsets are committed only after `handle` resolved for everything before them. */
export const startConsumer = async (options: ConsumerRunnerOptions): Promise<ConsumerRunner> => {
  const { logger, sessionTimeoutMs = 10_000 } = options
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
    retry: { initialRetryTime: 200, maxRetryTime: 3000, retries: 12, restartOnFailure: async () => true },
  })
  const health = watchHealth(consumer, options, sessionTimeoutMs)
  const failures = new Map<string, number>()
  const resumes = new Set<NodeJS.Timeout>()

  const hold = (payload: EachBatchPayload, error: unknown): void => {
    const { topic, partition } = payload.batch
    const id = `${topic}/${partition}`
    const attempt = failures.get(id) ?? 0
    failures.set(id, attempt + 1)
    const wait = backoffMs(attempt, BACKOFF)
    logger.warn(
      {
        topic,
        partition,
        attempt,
        wait_ms: Math.round(wait),
        kind: classify(error),
        code: failureCode(error),
        err: error,
      },
      'consumer.held',
    )
    const resume = payload.pause()
    options.onPaused?.(topic, partition, true)
    const timer = setTimeout(() => {
      resumes.delete(timer)
      options.onPaused?.(topic, partition, false)
      resume()
    }, wait)
    resumes.add(timer)
  }

  await consumer.connect()
  await consumer.subscribe({ topics: [...options.topics], fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: options.partitionsAtOnce,
    eachBatch: async (payload) => {
      const { batch } = payload
      const records = batch.messages.map((message) => toIncoming(batch.topic, batch.partition, message))
      for (let start = 0; start < records.length; start += options.batchRecords) {
        if (!payload.isRunning() || payload.isStale()) break
        const chunk = records.slice(start, start + options.batchRecords)
        const beats = keepBeating(payload, sessionTimeoutMs / 5)
        try {
          await options.handle(chunk)
        } catch (error) {
          hold(payload, error)
          break
        } finally {
          beats.stop()
        }
        failures.delete(`${batch.topic}/${batch.partition}`)
        payload.resolveOffset((chunk.at(-1) as IncomingRecord).offset)
        await beatOrCommit(payload, beats.failure())
      }
      await payload.commitOffsetsIfNecessary(payload.uncommittedOffsets())
    },
  })

  return {
    ...health,
    stop: async () => {
      for (const timer of resumes) clearTimeout(timer)
      await consumer.disconnect()
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
const beatOrCommit = async (payload: EachBatchPayload, earlier: unknown): Promise<void> => {
  try {
    if (earlier !== undefined) throw earlier
    await payload.heartbeat()
  } catch (error) {
    await payload.commitOffsetsIfNecessary(payload.uncommittedOffsets()).catch(() => {})
    throw error
  }
}

const watchHealth = (consumer: Consumer, options: ConsumerRunnerOptions, sessionTimeoutMs: number) => {
  let joined = false
  let lastHeard = Date.now()
  const heard = () => {
    lastHeard = Date.now()
  }
  consumer.on(consumer.events.GROUP_JOIN, () => {
    joined = true
    heard()
  })
  consumer.on(consumer.events.HEARTBEAT, heard)
  consumer.on(consumer.events.FETCH, heard)
  consumer.on(consumer.events.REBALANCING, () => {
    options.logger.info({ group: options.groupId }, 'consumer.rebalancing')
  })
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    options.logger.error({ err: payload.error, restart: payload.restart }, 'consumer.crashed')
    if (!payload.restart) options.onFatal(payload.error)
  })
  const isRecent = () => Date.now() - lastHeard < 3 * sessionTimeoutMs
  return { isReady: () => joined && isRecent(), isLive: isRecent }
}

const toIncoming = (topic: string, partition: number, message: KafkaMessage): IncomingRecord => ({
  topic,
  partition,
  offset: message.offset,
  key: message.key === null ? null : message.key.toString('utf8'),
  value: message.value,
  headers: decodeHeaders(message.headers),
  timestamp: Number(message.timestamp),
})

const decodeHeaders = (headers: KafkaMessage['headers']): Record<string, string> => {
  const decoded: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers ?? {})) {
    const one = Array.isArray(value) ? value[0] : value
    if (one !== undefined) decoded[name] = typeof one === 'string' ? one : one.toString('utf8')
  }
  return decoded
}
