import { delay, failureCode, type Logger, type Store } from '@keyflow/runtime'
import { takeTurn } from '../../adapters/mongo-reconcile.ts'
import type { ReconcileLayer, ReconcileOrder } from './reconcile.ts'
import type { ReconcileReport } from './reconcile-report.ts'

export interface ReconcileScheduleOptions {
  readonly store: Store
  readonly run: (order: ReconcileOrder) => Promise<ReconcileReport>
  /** 0 = never. */
  readonly everyMinutes: number
  readonly objectsEveryHours: number
  readonly minAgeSeconds: number
  readonly onReport: (layers: readonly ReconcileLayer[], report: ReconcileReport) => void
  readonly logger: Logger
  /** How often each replica looks whether it is its turn, milliseconds. */
  readonly lookMs?: number
}

const LOOK_MS = 15_000

/** Reconciles by the clock, one replica at a time: events often, objects now and then. */
export const startReconcileSchedule = (
  options: ReconcileScheduleOptions,
): { readonly stop: () => Promise<void> } => {
  const stopping = new AbortController()
  const jobs: readonly { name: string; everyMs: number; layers: readonly ReconcileLayer[] }[] = [
    { name: 'events', everyMs: options.everyMinutes * 60_000, layers: ['undelivered', 'events'] },
    { name: 'objects', everyMs: options.objectsEveryHours * 3_600_000, layers: ['objects'] },
  ]
  const runDue = async (): Promise<void> => {
    for (const { name, everyMs, layers } of jobs) {
      if (everyMs === 0 || stopping.signal.aborted || !(await takeTurn(options.store, name, everyMs)))
        continue
      const { minAgeSeconds } = options
      const report = await options.run({
        layers,
        minAgeSeconds,
        dryRun: false,
        isFull: false,
        signal: stopping.signal,
      })
      options.onReport(layers, report)
      const { findings: _, ...line } = report
      options.logger.info({ job: name, ...line }, 'reconcile.done')
    }
  }
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await delay(options.lookMs ?? LOOK_MS, stopping.signal)
      if (stopping.signal.aborted) return
      await runDue().catch((error: unknown) =>
        options.logger.warn({ code: failureCode(error), err: error }, 'reconcile.failed'),
      )
    }
  }
  const running = options.everyMinutes === 0 && options.objectsEveryHours === 0 ? Promise.resolve() : loop()
  return {
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}
