import type { Kafka } from 'kafkajs'
import { atMost, delay } from '../errors/backoff.ts'
import { type Backlog, createBacklog, type PartitionPosition } from './backlog.ts'

const LOOK_MS = 3000
const STOP_MS = 2000

export interface WatchBacklogOptions {
  readonly kafka: Kafka
  readonly groupId: string
  readonly topics: readonly string[]
  /** Unix milliseconds. */
  readonly clock: () => number
}

export interface BacklogWatch extends Pick<Backlog, 'lags' | 'oldestAge'> {
  readonly stop: () => Promise<void>
}

/** Looks every few seconds how far a group is behind the log, over a connection that does nothing else. */
export const watchBacklog = ({ kafka, groupId, topics, clock }: WatchBacklogOptions): BacklogWatch => {
  const backlog = createBacklog()
  const admin = kafka.admin()
  const stopping = new AbortController()

  const look = async (): Promise<void> => {
    const committed = await admin.fetchOffsets({ groupId, topics: [...topics] })
    const positions: PartitionPosition[] = []
    for (const { topic, partitions } of committed) {
      const done = new Map(partitions.map(({ partition, offset }) => [partition, BigInt(offset)]))
      for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
        const kept = BigInt(low)
        const offset = done.get(partition) ?? kept
        // Nothing is committed yet, or what was is no longer kept.
        positions.push({ topic, partition, next: offset > kept ? offset : kept, end: BigInt(high) })
      }
    }
    backlog.looked(positions, clock())
  }

  const loop = async (): Promise<void> => {
    let isConnected = false
    while (!stopping.signal.aborted) {
      try {
        if (!isConnected) await admin.connect()
        isConnected = true
        await look()
      } catch {
        // A broker that is away is told of elsewhere; what waits grows older meanwhile.
      }
      await delay(LOOK_MS, stopping.signal)
    }
    // Also of a connection that came about while it was being stopped.
    await admin.disconnect().catch(() => {})
  }
  const running = loop()
  return {
    lags: backlog.lags,
    oldestAge: backlog.oldestAge,
    stop: async () => {
      stopping.abort()
      await atMost(STOP_MS, admin.disconnect()).catch(() => {})
      await atMost(STOP_MS, running)
    },
  }
}
