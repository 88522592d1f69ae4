import { describe, expect, it } from '@jest/globals'
import { createRegistry } from '@keyflow/runtime'
import { createReconcileMetrics } from './reconcile-metrics.ts'
import { createTally } from './workers/reconcile/reconcile-report.ts'

const AT = new Date('2026-11-24T12:00:00Z')

const open = () => {
  const registry = createRegistry({ defaults: false })
  const metrics = createReconcileMetrics(registry)
  return { metrics, text: () => registry.metrics() }
}

const drifted = () => {
  const tally = createTally()
  for (const ageSeconds of [30, 7200])
    tally.found({ class: 'status', direction: 'over_granted', license: 'l', subject: 'sub_1', ageSeconds })
  return tally
}

describe('what the reconciler reports', () => {
  it('has every class and direction from the start, so that an alert on one can see it begin', async () => {
    const text = await open().text()
    for (const kind of [
      'missing_event',
      'missing_license',
      'status',
      'terms',
      'term_end',
      'unknown_to_stripe',
    ])
      for (const direction of ['over_granted', 'under_granted', 'neutral'])
        expect(text).toContain(`keyflow_reconcile_drift{class="${kind}",direction="${direction}"} 0`)
    expect(text).toContain('keyflow_reconcile_listed_events_total{fate="missing"} 0')
    expect(text).toContain('keyflow_reconcile_last_success_timestamp_seconds{layer="objects"} 0')
  })

  it('tells drift by class, direction and age, and that it is gone when the next run finds none', async () => {
    const { metrics, text } = open()
    metrics.reported(['objects'], drifted().report(false, 1), AT)
    expect(await text()).toContain('keyflow_reconcile_drift{class="status",direction="over_granted"} 2')
    expect(await text()).toContain(
      'keyflow_reconcile_drift_age_seconds{class="status",direction="over_granted"} 7200',
    )
    metrics.reported(['undelivered', 'events'], createTally().report(false, 1), AT)
    // The events were compared meanwhile; of the objects nothing new is known.
    expect(await text()).toContain('keyflow_reconcile_drift{class="status",direction="over_granted"} 2')
    metrics.reported(['objects'], createTally().report(false, 1), AT)
    expect(await text()).toContain('keyflow_reconcile_drift{class="status",direction="over_granted"} 0')
    expect(await text()).toContain(
      `keyflow_reconcile_last_success_timestamp_seconds{layer="objects"} ${AT.getTime() / 1000}`,
    )
  })

  it('accounts for every event that Stripe listed, and shows one that it does not', async () => {
    const { metrics, text } = open()
    const tally = createTally()
    tally.listed('events', 3)
    tally.listed('undelivered', 1)
    for (const fate of ['folded', 'dead', 'missing', 'repaired'] as const) tally.event(fate)
    metrics.reported(['undelivered', 'events'], tally.report(false, 1), AT)
    expect(await text()).toContain('keyflow_reconcile_listed_events_total{fate="dead"} 1')
    expect(await text()).toContain('keyflow_reconcile_unaccounted_events 0')
    tally.listed('events', 1)
    metrics.reported(['undelivered', 'events'], tally.report(false, 1), AT)
    expect(await text()).toContain('keyflow_reconcile_unaccounted_events 1')
  })
})
