import { backoffMs, createWakeablePause, failureCode, type Logger, type Store } from '@keyflow/runtime'
import { finishSweep, recordSweep, takeSweep } from '../adapters/mongo-catalog-sweeps.ts'
import { findLedgersBehind } from '../adapters/mongo-ledgers.ts'
import { type CatalogHistory, headOf } from '../domain/catalog-history.ts'
import type { RefoldLedgers } from './refold-ledgers.ts'

interface SweepOptions {
  readonly store: Store
  readonly history: () => CatalogHistory
  readonly refold: RefoldLedgers
  readonly owner: string
  readonly logger: Logger
}

export interface LedgerSweep {
  /** There is a new version: begin at once instead of at the next look. */
  readonly wake: () => void
  readonly stop: () => Promise<void>
}

const LOOK_EVERY_MS = 2000
const LEASE_MS = 15_000
/** Bounds a transaction, and what a process that is killed has to do again. */
const LEDGERS_AT_ONCE = 100
const BACKOFF = { base: 250, max: 10_000 }

/**
 * Brings every ledger to the newest version of the catalog. Each ledger says under which version it was derived, so the
 * sweep may be killed and go on anywhere, and a ledger that a replica still wrote under the version before is found by
 * the next look.
 */
export const startLedgerSweep = (options: SweepOptions): LedgerSweep => {
  const stopping = new AbortController()
  const pause = createWakeablePause(stopping.signal)
  let failures = 0
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const rest = pause.begin()
      let wait = LOOK_EVERY_MS
      try {
        await sweep(options, stopping.signal)
        failures = 0
      } catch (error) {
        failures += 1
        wait = backoffMs(failures, BACKOFF)
        options.logger.warn({ code: failureCode(error), wait_ms: Math.round(wait) }, 'catalog.sweep_failed')
      }
      await rest(wait)
    }
  }
  const running = loop()
  return {
    wake: pause.wake,
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

const sweep = async ({ store, history, refold, owner, logger }: SweepOptions, signal: AbortSignal) => {
  const { version } = headOf(history())
  if ((await findLedgersBehind(store, version, 1)).length === 0) {
    await finishSweep(store, version)
    return
  }
  let ledgers = 0
  let changed = 0
  while (!signal.aborted && headOf(history()).version === version) {
    if (!(await takeSweep(store, version, owner, LEASE_MS))) return
    const behind = await findLedgersBehind(store, version, LEDGERS_AT_ONCE)
    if (behind.length === 0) {
      await finishSweep(store, version)
      logger.info({ version, ledgers, changed }, 'catalog.swept')
      return
    }
    const done = { ledgers: behind.length, changed: await refold(behind, [`catalog:${version}`]) }
    await recordSweep(store, version, done)
    ledgers += done.ledgers
    changed += done.changed
  }
}
