import type { IncomingRecord } from '../kafka/records.ts'

type Handle = (records: readonly IncomingRecord[]) => Promise<void>

/** A pause longer than this means that nothing more is on its way. */
const BUSY_MS = 100

interface Waiting {
  readonly records: readonly IncomingRecord[]
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Joins what several partitions bring at the same moment into one call. On a quiet topic every partition has a record
 * or two, and a transaction for each of them would cost ten times what one for all of them costs. While one call runs
 * the next gathers; a further one runs beside it only when a full batch is waiting (a backlog). While records keep
 * coming, a call also waits `gatherMs` for company; the first after a pause starts at once.
 */
export const createGroupCommit = (
  handle: Handle,
  options: { readonly batchRecords: number; readonly atOnce: number; readonly gatherMs?: number },
): Handle => {
  let waiting: Waiting[] = []
  const { gatherMs = 0 } = options
  let running = 0
  let lastEnd = Number.NEGATIVE_INFINITY
  let isGathering = false

  const take = (): readonly Waiting[] => {
    let count = 0
    let end = 0
    for (const { records } of waiting) {
      if (end > 0 && count + records.length > options.batchRecords) break
      count += records.length
      end += 1
    }
    const group = waiting.slice(0, end)
    waiting = waiting.slice(end)
    return group
  }

  const queued = (): number => waiting.reduce((sum, { records }) => sum + records.length, 0)

  const mayStart = (): boolean =>
    waiting.length > 0 && (running === 0 || (running < options.atOnce && queued() >= options.batchRecords))

  const run = async (group: readonly Waiting[]): Promise<void> => {
    running += 1
    try {
      await handle(group.flatMap(({ records }) => records))
      for (const { resolve } of group) resolve()
    } catch (error) {
      for (const { reject } of group) reject(error)
    } finally {
      running -= 1
      lastEnd = performance.now()
      startSoon()
    }
  }

  const start = (): void => {
    while (mayStart()) void run(take())
  }

  const startSoon = (): void => {
    const isBusy = performance.now() - lastEnd < BUSY_MS
    if (gatherMs === 0 || !isBusy || queued() >= options.batchRecords) start()
    else if (!isGathering) {
      isGathering = true
      setTimeout(() => {
        isGathering = false
        start()
      }, gatherMs)
    }
  }

  return (records) =>
    new Promise((resolve, reject) => {
      waiting.push({ records, resolve, reject })
      // Partitions of one fetch are handed over in one turn of the loop: let them come together first.
      setImmediate(startSoon)
    })
}
