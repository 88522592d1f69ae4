import { canonical } from '@keyflow/contracts'
import { delay, failureCode, type Logger, type Store } from '@keyflow/runtime'
import { findPriceMappings } from '../adapters/mongo-price-mappings.ts'
import { findLedgersUnderReview } from '../adapters/mongo-reviews.ts'
import type { Catalog, PriceEntry } from '../domain/catalog.ts'
import type { FoldRules } from '../domain/fold.ts'

export interface LiveRules {
  /** The rules in force in this process. */
  readonly current: () => FoldRules
  /** Reads the mappings again; when they changed, ledgers under review are derived anew. */
  readonly refresh: () => Promise<void>
  readonly stop: () => Promise<void>
}

const EVERY_MS = 2000

/**
 * The catalog file plus the prices that operators mapped. Every replica looks for new mappings, so one that opened a
 * review with rules of a moment ago settles it itself.
 */
export const startLiveRules = async (options: {
  readonly store: Store
  readonly base: FoldRules
  readonly rederive: (ledgers: readonly string[]) => Promise<void>
  readonly logger: Logger
}): Promise<LiveRules> => {
  let mappings = await findPriceMappings(options.store)
  let rules = withMappings(options.base, mappings)
  const stopping = new AbortController()
  const refresh = async (): Promise<void> => {
    const found = await findPriceMappings(options.store)
    if (canonical(found) === canonical(mappings)) return
    mappings = found
    rules = withMappings(options.base, mappings)
    await options.rederive(await findLedgersUnderReview(options.store))
  }
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await delay(EVERY_MS, stopping.signal)
      if (!stopping.signal.aborted)
        await refresh().catch((error: unknown) =>
          options.logger.warn({ code: failureCode(error) }, 'rules.refresh_failed'),
        )
    }
  }
  const running = loop()
  return {
    current: () => rules,
    refresh,
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

/** The file wins: once a price is in it, the mapping is history. */
const withMappings = (base: FoldRules, mappings: Readonly<Record<string, PriceEntry>>): FoldRules => {
  const count = Object.keys(mappings).length
  if (count === 0) return base
  const catalog: Catalog = {
    ...base.catalog,
    version: `${base.catalog.version}+${count}`,
    prices: { ...mappings, ...base.catalog.prices },
  }
  return { ...base, catalog }
}
