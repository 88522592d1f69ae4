import { delay, failureCode, type Logger } from '@keyflow/runtime'
import type { UsageIncrement } from '../adapters/mongo-usage.ts'

export interface UsageStore {
  readonly add: (increments: readonly UsageIncrement[]) => Promise<void>
  /** Validations so far of these licenses in a month. */
  readonly read: (licenseIds: readonly string[], month: string) => Promise<ReadonlyMap<string, number>>
}

export interface CountUsage {
  readonly count: (licenseId: string, at: Date) => void
  /** Validations of the month so far, this process's own included. Does not reject. */
  readonly used: (licenseId: string, at: Date) => Promise<number>
  /** Writes what is left. */
  readonly stop: () => Promise<void>
}

const EVERY_MS = 2000
/** Rows written in one go: what a flood of different licenses may cost the database each time. */
const MOST_ROWS = 1000
/** Licenses that may wait to be written; what is counted beyond that is given up, and reported. */
const MOST_WAITING = 200_000
/** Licenses with a quota whose sums are kept in mind; the oldest are looked up again. */
const MOST_KNOWN = 20_000

/**
 * Counts validations in memory and writes sums in batches: no validation waits for a write or fails with one. A quota sees
 * what this process counted at once, and what other processes wrote up to about two seconds ago, so n processes may let through
 * what n - 1 of them answer in that time. A write that fails is given up, never repeated: a customer may be counted
 * short, but not twice.
 */
export const startCountingUsage = (options: {
  readonly store: UsageStore
  readonly logger: Logger
  readonly onDropped: (validations: number) => void
  readonly everyMs?: number
}): CountUsage => {
  const { store, logger } = options
  const waiting = new Map<string, UsageIncrement>()
  /** What the database is known to hold for licenses with a quota. */
  const known = new Map<string, { readonly licenseId: string; readonly month: string; written: number }>()
  const stopping = new AbortController()

  const write = async (): Promise<void> => {
    const batch = [...waiting].slice(0, MOST_ROWS)
    for (const [id, { validations }] of batch) {
      waiting.delete(id)
      const sum = known.get(id)
      if (sum !== undefined) sum.written += validations
    }
    try {
      await store.add(batch.map(([, increment]) => increment))
    } catch (error) {
      options.onDropped(batch.reduce((sum, [, { validations }]) => sum + validations, 0))
      logger.warn({ code: failureCode(error) }, 'usage.write_failed')
    }
  }

  const refresh = async (): Promise<void> => {
    for (const [month, sums] of Map.groupBy(known.values(), (sum) => sum.month)) {
      const ids = sums.map(({ licenseId }) => licenseId)
      const read = await store.read(ids, month)
      for (const sum of sums) sum.written = Math.max(sum.written, read.get(sum.licenseId) ?? 0)
    }
  }

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await delay(options.everyMs ?? EVERY_MS, stopping.signal)
      await write()
      await refresh().catch((error: unknown) =>
        logger.warn({ code: failureCode(error) }, 'usage.read_failed'),
      )
    }
    while (waiting.size > 0) await write()
  }
  const running = loop()

  const recall = async (id: string, licenseId: string, month: string): Promise<number> => {
    const sum = known.get(id)
    if (sum !== undefined) return sum.written
    const written = (await store.read([licenseId], month).catch(() => undefined))?.get(licenseId) ?? 0
    const [oldest] = known.keys()
    if (known.size >= MOST_KNOWN && oldest !== undefined) known.delete(oldest)
    known.set(id, { licenseId, month, written })
    return written
  }

  return {
    count: (licenseId, at) => {
      const month = monthOf(at)
      const id = `${licenseId}:${month}`
      const sofar = waiting.get(id)
      if (sofar === undefined && waiting.size >= MOST_WAITING) return options.onDropped(1)
      waiting.set(id, { licenseId, month, validations: (sofar?.validations ?? 0) + 1, lastAt: at })
    },
    used: async (licenseId, at) => {
      const month = monthOf(at)
      const id = `${licenseId}:${month}`
      const written = await recall(id, licenseId, month)
      return written + (waiting.get(id)?.validations ?? 0)
    },
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

/** `YYYY-MM`, UTC. */
export const monthOf = (at: Date): string => at.toISOString().slice(0, 7)

export const nextMonth = (at: Date): Date => new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 1))
