import type { Kafka } from 'kafkajs'
import { delay } from '../errors/backoff.ts'
import { KeyflowError } from '../errors/classify.ts'
import type { Logger } from '../telemetry/logger.ts'
import { startConsumer } from './consumer-runner.ts'
import { groupOffsets, type Offsets, topicRanges } from './group-offsets.ts'
import type { IncomingRecord } from './records.ts'

export interface ReadUntilOptions {
  readonly kafka: Kafka
  readonly groupId: string
  readonly topics: readonly string[]
  /** Where the group's offsets are kept, reading goes on where it stopped; else it starts at the beginning. */
  readonly keepOffsets: boolean
  readonly batchRecords: number
  readonly partitionsAtOnce: number
  readonly handle: (records: readonly IncomingRecord[]) => Promise<void>
  readonly logger: Logger
  readonly signal?: AbortSignal
}

const LOOK_MS = 50

/** Reads topics up to what they hold at the moment of the call, and perhaps a little of what is added. */
export const readUntilEnd = async (options: ReadUntilOptions): Promise<void> => {
  const { kafka, groupId, topics } = options
  const { low, high } = await topicRanges(kafka, topics)
  const committed = options.keepOffsets ? await groupOffsets(kafka, groupId, topics) : new Map()
  const left = remaining(low, high, committed)
  if (left.size === 0) return
  let failure: Error | undefined
  const runner = await startConsumer({
    kafka,
    groupId,
    topics,
    batchRecords: options.batchRecords,
    partitionsAtOnce: options.partitionsAtOnce,
    keepOffsets: options.keepOffsets,
    handle: async (records) => {
      await options.handle(records)
      for (const { topic, partition, offset } of records) {
        const name = `${topic}/${partition}`
        const end = left.get(name)
        if (end !== undefined && BigInt(offset) + 1n >= end) left.delete(name)
      }
    },
    onFatal: (error) => {
      failure = error
    },
    logger: options.logger,
  })
  try {
    while (left.size > 0 && failure === undefined && options.signal?.aborted !== true) await delay(LOOK_MS)
  } finally {
    await runner.stop()
  }
  if (failure !== undefined) throw failure
  if (left.size > 0) throw new KeyflowError('transient', 'INTERRUPTED', 'reading was interrupted')
}

/** `<topic>/<partition>` -> the offset after the last record that is to be read. */
const remaining = (low: Offsets, high: Offsets, committed: Offsets): Map<string, bigint> => {
  const left = new Map<string, bigint>()
  for (const [topic, ends] of high)
    for (const [partition, end] of ends) {
      const first = low.get(topic)?.get(partition) ?? 0n
      const at = committed.get(topic)?.get(partition) ?? first
      if (end > first && end > at) left.set(`${topic}/${partition}`, end)
    }
  return left
}
