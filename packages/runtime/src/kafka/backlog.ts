/** What a look at the group and the log says of one partition; `next`: the first offset that is not done. */
export interface PartitionPosition {
  readonly topic: string
  readonly partition: number
  readonly next: bigint
  readonly end: bigint
}

export interface PartitionLag {
  readonly topic: string
  readonly partition: number
  readonly messages: number
}

interface Sighting {
  readonly end: bigint
  readonly at: number
}

/** Ends that are remembered of a partition that stands still; the oldest one is what counts. */
const MOST_SIGHTINGS = 256

/**
 * How far a group is behind, from looks at it every few seconds. A record was in the log at the latest when an end
 * behind it was first seen: so its age is known without reading it, also of a consumer that hangs or was expelled.
 */
export const createBacklog = () => {
  const sightings = new Map<string, Sighting[]>()
  let lags: readonly PartitionLag[] = []
  return {
    looked: (positions: readonly PartitionPosition[], now: number): void => {
      for (const { topic, partition, next, end } of positions) {
        const id = `${topic}/${partition}`
        const waiting = (sightings.get(id) ?? []).filter((seen) => seen.end > next)
        if (end > next && waiting.at(-1)?.end !== end) waiting.push({ end, at: now })
        if (waiting.length > MOST_SIGHTINGS) waiting.splice(1, 1)
        sightings.set(id, waiting)
      }
      lags = positions.map(({ topic, partition, next, end }) => ({
        topic,
        partition,
        messages: end > next ? Number(end - next) : 0,
      }))
    },
    lags: (): readonly PartitionLag[] => lags,
    /** Milliseconds; 0 = nothing waits. */
    oldestAge: (now: number): number => {
      const oldest = [...sightings.values()].flatMap(([first]) => first?.at ?? [])
      return oldest.length === 0 ? 0 : Math.max(0, now - Math.min(...oldest))
    },
  }
}
export type Backlog = ReturnType<typeof createBacklog>
