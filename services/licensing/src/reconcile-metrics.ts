import { Counter, Gauge, type Registry } from '@keyflow/runtime'
import { DRIFT_CLASSES, DRIFT_DIRECTIONS } from './domain/drift.ts'
import { RECONCILE_LAYERS, type ReconcileLayer } from './workers/reconcile/reconcile.ts'
import { EVENT_FATES, type ReconcileReport, unaccounted } from './workers/reconcile/reconcile-report.ts'

/** What the reconciler reports. Gauges say what the last run of a layer saw. */
export const createReconcileMetrics = (registry: Registry) => {
  const drift = new Gauge({
    name: 'keyflow_reconcile_drift',
    help: 'Differences between Stripe and the log that the last run found.',
    labelNames: ['class', 'direction'],
    registers: [registry],
  })
  const age = new Gauge({
    name: 'keyflow_reconcile_drift_age_seconds',
    help: 'Longest time that a difference found by the last run can have lasted.',
    labelNames: ['class', 'direction'],
    registers: [registry],
  })
  const appended = new Counter({
    name: 'keyflow_reconcile_appended_total',
    help: 'Records that the reconciler appended to the log.',
    labelNames: ['kind'],
    registers: [registry],
  })
  const listed = new Counter({
    name: 'keyflow_reconcile_listed_events_total',
    help: 'Events that Stripe listed, by what is known of them: folded and dead are in the log, missing were not.',
    labelNames: ['fate'],
    registers: [registry],
  })
  const lost = new Gauge({
    name: 'keyflow_reconcile_unaccounted_events',
    help: 'Events that Stripe listed in the last run and that none of its fates accounts for: always 0.',
    registers: [registry],
  })
  const undelivered = new Gauge({
    name: 'keyflow_stripe_undelivered_events',
    help: 'Events that Stripe has not delivered to every endpoint, by age.',
    labelNames: ['age'],
    registers: [registry],
  })
  const success = new Gauge({
    name: 'keyflow_reconcile_last_success_timestamp_seconds',
    help: 'When a layer was last compared to its end.',
    labelNames: ['layer'],
    registers: [registry],
  })
  const unpaid = new Gauge({
    name: 'keyflow_license_without_payment',
    help: 'Licenses that give more than Stripe says was bought, as of the last comparison of objects. Target: 0.',
    registers: [registry],
  })
  const every = DRIFT_CLASSES.flatMap((one) =>
    DRIFT_DIRECTIONS.map((direction) => ({ class: one, direction })),
  )
  for (const labels of every) {
    drift.set(labels, 0)
    age.set(labels, 0)
  }
  for (const kind of ['events', 'snapshots']) appended.inc({ kind }, 0)
  for (const fate of EVENT_FATES) listed.inc({ fate }, 0)
  lost.set(0)
  for (const bucket of ['lt_1h', 'gt_1h']) undelivered.set({ age: bucket }, 0)
  for (const layer of RECONCILE_LAYERS) success.set({ layer }, 0)

  return {
    reported: (layers: readonly ReconcileLayer[], report: ReconcileReport, at: Date): void => {
      for (const labels of every) {
        if ((labels.class === 'missing_event') !== layers.includes('events')) continue
        const found = report.drift.find((d) => d.class === labels.class && d.direction === labels.direction)
        drift.set(labels, found?.count ?? 0)
        age.set(labels, found?.oldestSeconds ?? 0)
      }
      if (layers.includes('objects')) {
        const over = report.drift.filter(({ direction }) => direction === 'over_granted')
        unpaid.set(over.reduce((sum, { count }) => sum + count, 0))
      }
      appended.inc({ kind: 'events' }, report.appended.events)
      appended.inc({ kind: 'snapshots' }, report.appended.snapshots)
      for (const fate of EVENT_FATES) listed.inc({ fate }, report.events[fate])
      lost.set(unaccounted(report))
      if (layers.includes('undelivered')) {
        undelivered.set({ age: 'gt_1h' }, report.undeliveredForLong)
        undelivered.set({ age: 'lt_1h' }, report.listed.undelivered - report.undeliveredForLong)
      }
      for (const layer of layers) success.set({ layer }, at.getTime() / 1000)
    },
  }
}
