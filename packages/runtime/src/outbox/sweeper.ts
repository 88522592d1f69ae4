import { delay } from '../errors/backoff.ts'
import { failureCode } from '../errors/classify.ts'
import type { RecordPublisher } from '../kafka/records.ts'
import type { Store } from '../mongo/client.ts'
import type { Logger } from '../telemetry/logger.ts'
import { findLeftovers, publishEntries } from './outbox.ts'

export interface SweeperOptions {
  readonly store: Store
  readonly publisher: RecordPublisher
  readonly logger: Logger
  /** Rows younger than this still belong to the process that committed them. */
  readonly minAgeMs?: number
  readonly everyMs?: number
}

const PAGE = 500

/** Publishes every leftover once, oldest first; returns how many. Run it before consuming starts, so order holds. */
export const sweepOnce = async (
  options: SweeperOptions,
  minAgeMs = options.minAgeMs ?? 3000,
): Promise<number> => {
  let swept = 0
  for (;;) {
    const entries = await findLeftovers(options.store, minAgeMs, PAGE)
    await publishEntries(options.store, options.publisher, entries)
    swept += entries.length
    if (entries.length < PAGE) return swept
  }
}

/** Sweeps until stopped; an outage is logged and waited out. */
export const startSweeper = (options: SweeperOptions): { readonly stop: () => Promise<void> } => {
  const stopping = new AbortController()
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await delay(options.everyMs ?? 1000, stopping.signal)
      if (stopping.signal.aborted) return
      try {
        const swept = await sweepOnce(options)
        if (swept > 0) options.logger.warn({ swept }, 'outbox.swept')
      } catch (error) {
        options.logger.warn({ code: failureCode(error), err: error }, 'outbox.sweep_failed')
      }
    }
  }
  const running = loop()
  return {
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}
