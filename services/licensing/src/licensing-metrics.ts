import { LICENSE_EVENT_TYPES, type LicenseEventType } from '@keyflow/contracts'
import { Counter, type Registry } from '@keyflow/runtime'
import { REVIEW_REASONS, type Review, type Tie } from './domain/derived-license.ts'
import { statusLifecycle } from './domain/lifecycle.ts'
import type { StaleFact } from './domain/stale-facts.ts'

const STATUSES = [
  'incomplete',
  'incomplete_expired',
  'trialing',
  'active',
  'past_due',
  'unpaid',
  'paused',
  'canceled',
  'unknown',
] as const

/** States seen in one second concern a license that is there; of the others there is none. */
const failureOf = (reason: Review['reason']) => ({
  operation: reason === 'ambiguous_order' ? 'change' : 'create',
  result: 'failure',
  reason,
})

/** What licensing reports beyond what every consumer does. */
export const createLicensingMetrics = (registry: Registry) => {
  const changes = new Counter({
    name: 'keyflow_license_changes_total',
    help: 'Changes of licenses, by the event that told of them.',
    labelNames: ['type'],
    registers: [registry],
  })
  for (const type of LICENSE_EVENT_TYPES) changes.inc({ type }, 0)
  const operations = new Counter({
    name: 'keyflow_license_operations_total',
    help: 'Licenses created and changed, and purchases that wait for a person instead (each with its review entry).',
    labelNames: ['operation', 'result', 'reason'],
    registers: [registry],
  })
  for (const operation of ['create', 'change'])
    operations.inc({ operation, result: 'success', reason: 'none' }, 0)
  for (const reason of REVIEW_REASONS) operations.inc(failureOf(reason), 0)
  const ties = new Counter({
    name: 'keyflow_ties_total',
    help: 'Subscriptions seen twice in one second, by how it was decided which came last.',
    labelNames: ['decided_by'],
    registers: [registry],
  })
  for (const decidedBy of ['chain', 'ambiguous']) ties.inc({ decided_by: decidedBy }, 0)
  const stale = new Counter({
    name: 'keyflow_stale_facts_total',
    help: 'Subscription states seen after a state that nothing follows: they change nothing.',
    labelNames: ['from', 'to'],
    registers: [registry],
  })
  for (const from of STATUSES)
    for (const to of STATUSES) if (statusLifecycle(from) > statusLifecycle(to)) stale.inc({ from, to }, 0)
  const validations = new Counter({
    name: 'keyflow_validations_total',
    help: 'Answers to validate, by verdict.',
    labelNames: ['valid'],
    registers: [registry],
  })
  for (const valid of ['true', 'false']) validations.inc({ valid }, 0)
  const uncounted = new Counter({
    name: 'keyflow_usage_dropped_total',
    help: 'Validations that were answered and not counted.',
    registers: [registry],
  })
  return {
    uncounted: (validations: number): void => uncounted.inc(validations),
    change: (type: LicenseEventType): void => {
      changes.inc({ type })
      const operation = type === 'license.issued' ? 'create' : 'change'
      operations.inc({ operation, result: 'success', reason: 'none' })
    },
    stale: (fact: StaleFact): void => stale.inc({ from: fact.from, to: fact.to }),
    tied: (decidedBy: Tie): void => ties.inc({ decided_by: decidedBy }),
    validated: (valid: boolean): void => validations.inc({ valid: String(valid) }),
    reviewsOpened: (reasons: readonly Review['reason'][]): void => {
      for (const reason of reasons) operations.inc(failureOf(reason))
    },
  }
}
export type LicensingMetrics = ReturnType<typeof createLicensingMetrics>
