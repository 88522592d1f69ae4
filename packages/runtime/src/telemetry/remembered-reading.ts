import { atMost } from '../errors/backoff.ts'

/**
 * A reading of a store for gauges: at most one every `everyMs`, however many scrape, and a scrape waits for it no longer
 * than `patienceMs`. A store that is away must not take the metrics along that tell of it: then the last answer stands.
 */
export const rememberedReading = <T>(
  read: () => Promise<T | null>,
  clock: () => number,
  { everyMs = 5000, patienceMs = 500 } = {},
): (() => Promise<T | null>) => {
  let last: T | null = null
  let askedAt = Number.NEGATIVE_INFINITY
  let asking: Promise<void> | undefined
  const ask = async (): Promise<void> => {
    try {
      last = (await read()) ?? last
    } catch {
      // An outage has metrics of its own.
    } finally {
      asking = undefined
    }
  }
  return async () => {
    if (asking === undefined && clock() - askedAt >= everyMs) {
      askedAt = clock()
      asking = ask()
    }
    if (asking !== undefined) await atMost(patienceMs, asking)
    return last
  }
}
