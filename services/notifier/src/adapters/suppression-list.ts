import { delay, failureCode, type Logger, type Store } from '@keyflow/runtime'
import { type Suppression, suppresses } from '../domain/suppression.ts'
import type { TemplateRules } from '../domain/templates.ts'
import type { HashAddress } from './address-hash.ts'
import { suppressionsSince } from './suppression-store.ts'

export interface SuppressionList {
  /** Reason why no mail of that category goes to the address now; null when it may. */
  readonly reasonFor: (address: string, category: string) => string | null
  /** Takes in what changed in the database. */
  readonly refresh: () => Promise<void>
  readonly stop: () => Promise<void>
}

const LOOK_MS = 2000
/** Rows whose clock was a little behind are read again. */
const OVERLAP_MS = 5000

/** The list in memory: the check at send time costs no round trip. Other replicas' changes are seen within two seconds. */
export const startSuppressionList = async (options: {
  readonly store: Store
  readonly hash: HashAddress
  readonly clock: () => Date
  readonly logger: Logger
}): Promise<SuppressionList> => {
  const known = new Map<string, Suppression>()
  const stopping = new AbortController()
  let since = new Date(0)

  const refresh = async (): Promise<void> => {
    for (const row of await suppressionsSince(options.store, since)) {
      if (row.released) known.delete(row._id)
      else known.set(row._id, { reason: row.reason, until: row.until?.toISOString() ?? null })
      since = new Date(Math.max(since.getTime(), row.updatedAt.getTime() - OVERLAP_MS))
    }
  }
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await delay(LOOK_MS, stopping.signal)
      if (stopping.signal.aborted) return
      await refresh().catch((error: unknown) =>
        options.logger.warn({ code: failureCode(error) }, 'mail.suppressions_stale'),
      )
    }
  }
  await refresh()
  const running = loop()
  return {
    reasonFor: (address, category) => {
      if (known.size === 0) return null
      const suppression = known.get(options.hash(address))
      return suppression !== undefined &&
        suppresses(suppression, category as TemplateRules['category'], options.clock())
        ? suppression.reason
        : null
    },
    refresh,
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}
