import type { IncomingRecord } from '../kafka/records.ts'

type Handle = (records: readonly IncomingRecord[]) => Promise<void>

/** Remembers of each partition since when its oldest record in hand lies in the log; what failed stays in hand. */
export const createRecordsInHand = () => {
  const oldest = new Map<string, number>()
  return {
    watched:
      (handle: Handle): Handle =>
      async (records) => {
        const [first] = records
        if (first === undefined) return handle(records)
        const id = `${first.topic}/${first.partition}`
        oldest.set(id, first.timestamp)
        await handle(records)
        oldest.delete(id)
      },
    /** After a rebalance: what this process held may be another's now. */
    forget: (): void => oldest.clear(),
    /** Milliseconds; 0 = nothing in hand. */
    oldestAge: (now: number): number =>
      oldest.size === 0 ? 0 : Math.max(0, now - Math.min(...oldest.values())),
  }
}
