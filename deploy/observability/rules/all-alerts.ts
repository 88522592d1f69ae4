import type { Alert } from './alert.ts'
import { BURN_ALERTS } from './burn-alerts.ts'
import { DELIVERY_ALERTS } from './delivery-alerts.ts'
import { LICENSE_ALERTS } from './license-alerts.ts'
import { PEOPLE_ALERTS } from './people-alerts.ts'
import { PROCESSING_ALERTS } from './processing-alerts.ts'
import { SIGNATURE_ALERTS } from './signature-alerts.ts'

/** Fires always: what expects it and does not get it knows that nothing else would come either. */
const WATCHDOG: Alert = {
  name: 'Watchdog',
  severity: 'info',
  expr: () => 'vector(1)',
  summary: 'Alerting works.',
  description:
    "Fires always, to a dead man's switch outside. When it stops arriving there, alerting is broken.",
  noData: 'Cannot be: it needs no data.',
}

export const ALERT_GROUPS: Readonly<Record<string, readonly Alert[]>> = {
  'keyflow-delivery': DELIVERY_ALERTS,
  'keyflow-objectives': BURN_ALERTS,
  'keyflow-processing': PROCESSING_ALERTS,
  'keyflow-licenses': LICENSE_ALERTS,
  'keyflow-signatures': SIGNATURE_ALERTS,
  'keyflow-people': PEOPLE_ALERTS,
  'keyflow-meta': [WATCHDOG],
}

export const ALL_ALERTS: readonly Alert[] = Object.values(ALERT_GROUPS).flat()

export const PREFIX = 'Keyflow'

/** File name of the runbook: `delivery-rate-low`. */
export const runbookName = (alert: string): string =>
  alert.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase()
