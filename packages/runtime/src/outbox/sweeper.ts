import { atMost, delay } from '../errors/backoff.ts'
import { failureCode } from '../errors/classify.ts'
import type { RecordPublisher } from '../kafka/records.ts'
import { refusalOf } from '../kafka/refused-record.ts'
import type { Store } from '../mongo/client.ts'
import type { Logger } from '../telemetry/logger.ts'
import { findLeftovers, type OutboxEntry, publishEntries, setAside } from './outbox.ts'

export interface SweeperOptions {
  readonly store: Store
  readonly publisher: RecordPublisher
  readonly logger: Logger
  /** Rows younger than this still belong to the process that committed them. */
  readonly minAgeMs?: number
  readonly everyMs?: number
}

const PAGE = 500

/** Longest wait of `stop` for the page in hand, milliseconds: a database that does not answer must not hold shutdown up. */
const STOP_MS = 2000

/**
 * Publishes every leftover once, oldest first; returns how many. Run it before consuming starts, so order holds. A record
 * that no broker takes is set aside, or it would keep back all others for ever. Rejects on an outage.
 */
export const sweepOnce = async (
  options: SweeperOptions,
  minAgeMs = options.minAgeMs ?? 3000,
): Promise<number> => {
  let swept = 0
  for (;;) {
    const entries = await findLeftovers(options.store, minAgeMs, PAGE)
    swept += await publishPage(options, entries)
    if (entries.length < PAGE) return swept
  }
}

const publishPage = async (options: SweeperOptions, entries: readonly OutboxEntry[]): Promise<number> => {
  try {
    await publishEntries(options.store, options.publisher, entries)
    return entries.length
  } catch (error) {
    const refused = refusalOf(error)
    if (refused === undefined) throw error
    const [entry, ...others] = entries
    if (entry !== undefined && others.length === 0) {
      options.logger.error({ entry: entry.id, topic: entry.topic, refused }, 'outbox.refused')
      await setAside(options.store, entry, refused)
      return 0
    }
    // One after the other: only of a record that was alone in its request it is known that it was meant.
    let published = 0
    for (const one of entries) published += await publishPage(options, [one])
    return published
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
      await atMost(STOP_MS, running)
    },
  }
}
