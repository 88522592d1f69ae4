import { scopedId } from '@keyflow/contracts'
import { backoffMs, classify, delay, failureCode, KeyflowError } from '@keyflow/runtime'
import { reconcileEvents, reconcileUndelivered } from './reconcile-events.ts'
import { reconcileObjects } from './reconcile-objects.ts'
import { createTally, type ReconcileReport } from './reconcile-report.ts'
import type { ReconcileDeps, ReconcileRun } from './reconcile-run.ts'

export const RECONCILE_LAYERS = ['undelivered', 'events', 'objects'] as const
export type ReconcileLayer = (typeof RECONCILE_LAYERS)[number]

export interface ReconcileOrder {
  readonly layers: readonly ReconcileLayer[]
  readonly dryRun: boolean
  readonly isFull: boolean
  readonly minAgeSeconds: number
  readonly signal?: AbortSignal
  /** After each page. */
  readonly onProgress?: (layer: ReconcileLayer) => void
}

const WORK = {
  undelivered: reconcileUndelivered,
  events: reconcileEvents,
  objects: reconcileObjects,
} as const
const BACKOFF = { base: 1000, max: 60_000 }

/**
 * Compares Stripe with the log and the licenses, and repairs only by appending to the log: missing events as Stripe's
 * bytes, objects as snapshots. What follows from them is the consumer's work, as ever.
 */
export const reconcile = async (deps: ReconcileDeps, order: ReconcileOrder): Promise<ReconcileReport> => {
  const started = performance.now()
  const tally = createTally()
  const appendedEvents = new Set<string>()
  const foundIdentities = new Set<string>()
  for (const layer of order.layers)
    for (const scope of deps.scopes) {
      const run: ReconcileRun = {
        ...deps,
        ...order,
        tally,
        appendedEvents,
        foundIdentities,
        patiently: (work) => patiently(deps, order.signal, work),
        onProgress: () => order.onProgress?.(layer),
      }
      await WORK[layer](run, scope)
      deps.logger.debug({ layer, scope: scopedId(scope, '*') }, 'reconcile.layer_done')
    }
  return tally.report(order.dryRun, performance.now() - started)
}

const patiently = async <R>(
  { logger }: ReconcileDeps,
  signal: AbortSignal | undefined,
  work: () => Promise<R>,
): Promise<R> => {
  for (let attempt = 0; ; attempt += 1) {
    if (signal?.aborted === true)
      throw new KeyflowError('transient', 'INTERRUPTED', 'the run was interrupted')
    try {
      return await work()
    } catch (error) {
      // Without a key no waiting helps.
      if (classify(error) !== 'transient' || failureCode(error) === 'NO_API_KEY') throw error
      logger.warn({ attempt, code: failureCode(error) }, 'reconcile.waiting')
      await delay(backoffMs(attempt, BACKOFF), signal)
    }
  }
}
