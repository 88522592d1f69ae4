import { Gauge, type Registry } from '@keyflow/runtime'
import type { OpenReviews } from './adapters/count-open-reviews.ts'
import { REVIEW_REASONS } from './domain/derived-license.ts'

/** Gauges of the review queue, out of the database: exact, and there until somebody has acted. */
export const createReviewMetrics = (registry: Registry, read: () => Promise<OpenReviews | null>): void => {
  const registers = [registry]
  const unlicensed = new Gauge({
    name: 'keyflow_paid_without_license',
    help: 'Purchases that were paid for and have no license. Target: 0.',
    registers,
  })
  const amount = new Gauge({
    name: 'keyflow_paid_without_license_minor',
    help: 'What was paid for them, minor units.',
    labelNames: ['currency'],
    registers,
  })
  const pending = new Gauge({
    name: 'keyflow_licenses_pending_review',
    help: 'Purchases that wait for a person.',
    labelNames: ['reason'],
    registers,
    async collect() {
      const open = await read()
      if (open === null) return
      for (const reason of REVIEW_REASONS) pending.set({ reason }, open.byReason.get(reason) ?? 0)
      unlicensed.set(open.paid)
      amount.reset()
      for (const [currency, minor] of open.atRisk) amount.set({ currency }, minor)
    },
  })
  for (const reason of REVIEW_REASONS) pending.set({ reason }, 0)
}
