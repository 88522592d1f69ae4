import type { IncomingRecord } from '../kafka/records.ts'

type Handle = (records: readonly IncomingRecord[]) => Promise<void>

interface Waiting {
  readonly records: readonly IncomingRecord[]
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Joins what several partitions bring at the same moment into one call. On a quiet topic every partition has a record
 * or two, and a transaction for each of them would cost ten times what one for all of them costs. While one call runs
 * the next gathers; a further one runs beside it only when a full batch is waiting (a backlog).
 */
export const createGroupCommit = (
  handle: Handle,
  options: { readonly batchRecords: number; readonly atOnce: number },
): Handle => {
  let waiting: Waiting[] = []
  let running = 0

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
      start()
    }
  }

  const start = (): void => {
    while (mayStart()) void run(take())
  }

  return (records) =>
    new Promise((resolve, reject) => {
      waiting.push({ records, resolve, reject })
      // Partitions of one fetch are handed over in one turn of the loop: let them come together first.
      setImmediate(start)
    })
}
