import {
  backoffMs,
  createWakeablePause,
  type Failpoint,
  failureCode,
  type Logger,
  type Store,
} from '@keyflow/runtime'
import { findSweep, finishSweep, recordSweep, takeSweep } from '../adapters/mongo-catalog-sweeps.ts'
import { areLedgersBehind, findLedgersLate } from '../adapters/mongo-ledgers.ts'
import { headOf } from '../domain/catalog-history.ts'
import type { FoldRules } from '../domain/fold.ts'
import type { Refolded, RefoldLedgers } from './refold-ledgers.ts'
import { type ScannedLedger, scanLedgers } from './scan-ledgers.ts'

export interface SweepOptions {
  readonly store: Store
  readonly rules: () => FoldRules
  readonly refold: RefoldLedgers
  readonly owner: string
  readonly clock: () => Date
  readonly failpoint: Failpoint
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
const LEDGERS_AT_ONCE = 200
/** No two clocks of one installation differ by more. */
const CLOCKS_DIFFER_MS = 10 * 60_000
const BACKOFF = { base: 250, max: 10_000 }

/**
 * Brings all licenses to the newest version of the catalog, and writes only what that changes. How far it has come stands in
 * the database, so it may be killed and go on in another process; a ledger that some replica still wrote under an older
 * version behind its back is found by the next look.
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
        await sweepOnce(options, stopping.signal)
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

/** What has to be done by now; resolves when it is, when another replica does it, or when a newer version has come. */
export const sweepOnce = async (options: SweepOptions, signal: AbortSignal): Promise<void> => {
  const { store, owner } = options
  const { version } = headOf(options.rules().catalogs)
  const known = await findSweep(store, version)
  let startedAt = known?.startedAt
  if (known === null || known.finishedAt === null) {
    const taken = await takeSweep(store, version, owner, LEASE_MS)
    if (taken === null) return
    startedAt = taken.startedAt
    // A database that was built anew is at the newest version from the start.
    const isNeeded = known !== null || (await areLedgersBehind(store, version))
    if (isNeeded && !(await sweepAll(options, version, taken.after, signal))) return
    await finishSweep(store, version)
  }
  const since = new Date((startedAt?.getTime() ?? 0) - CLOCKS_DIFFER_MS)
  while (!signal.aborted) {
    const late = await findLedgersLate(store, version, since, LEDGERS_AT_ONCE)
    if (late.length === 0 || (await takeSweep(store, version, owner, LEASE_MS)) === null) return
    await (await refold(options, version, late)).published
  }
}

/** true once all of them have been looked at. */
const sweepAll = async (
  options: SweepOptions,
  version: number,
  after: string,
  signal: AbortSignal,
): Promise<boolean> => {
  const { store, owner, logger } = options
  let changed = 0
  let published: Promise<void> = Promise.resolve()
  const rules = options.rules()
  const isOurs = async (): Promise<boolean> => {
    const isStill = !signal.aborted && headOf(options.rules().catalogs).version === version
    if (isStill && (await takeSweep(store, version, owner, LEASE_MS)) !== null) return true
    await published
    return false
  }
  for await (const { ledgers, through } of scanLedgers({ ...options, rules }, after)) {
    options.failpoint('sweep.scanned')
    const affected = ledgers.filter(isAffected).map(({ ledger }) => ledger.id)
    for (let at = 0; at < affected.length; at += LEDGERS_AT_ONCE) {
      if (at > 0 && !(await isOurs())) return false
      const done = await refold(options, version, affected.slice(at, at + LEDGERS_AT_ONCE))
      options.failpoint('sweep.committed')
      // What is committed is published while the next ones are written.
      await published
      published = done.published
      published.catch(() => undefined)
      changed += done.changed
    }
    await recordSweep(store, version, { ledgers: ledgers.length, changed: 0, after: through })
    options.failpoint('sweep.recorded')
    if (!(await isOurs())) return false
  }
  await published
  logger.info({ version, changed }, 'catalog.swept')
  return true
}

const refold = (
  { refold: again }: SweepOptions,
  version: number,
  ids: readonly string[],
): Promise<Refolded> =>
  again(ids, [`catalog:${version}`], (tx, changed) =>
    recordSweep(tx.store, version, { ledgers: 0, changed }, tx.session),
  )

/** Ledgers with open ends are looked at again for what has been asked and answered meanwhile. */
const isAffected = ({ ledger, derived, writes }: ScannedLedger): boolean =>
  writes.length > 0 || ledger.hasOpenEnds || derived.reviews.length > 0 || derived.needs.length > 0
