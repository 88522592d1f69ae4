import type { Alert } from './alert.ts'
import { HOUR, MINUTE } from './pace.ts'
import { increaseOf } from './series.ts'
import { THRESHOLDS } from './thresholds.ts'

const { clockSeconds, window } = THRESHOLDS.signatures
const FAILURES = 'keyflow_signature_failures_total'

export const SIGNATURE_ALERTS: readonly Alert[] = [
  {
    name: 'SignatureFailures',
    severity: 'warning',
    expr: (pace) => `sum by (reason, source) (${increaseOf(FAILURES, window, pace)}) > 0`,
    summary: 'Webhook signatures did not hold.',
    description:
      'About {{ $value | humanize }} within five minutes; reason {{ $labels.reason }}, source {{ $labels.source }}. From "other" it is a stranger who tries doors: nothing was let in, and no objective moves.',
    noData: 'The counter is initialized to 0: no data means that ingest is not scraped.',
  },
  {
    name: 'SigningSecretMismatch',
    severity: 'critical',
    forSeconds: MINUTE,
    expr: (pace) => `sum(${increaseOf(`${FAILURES}{reason="no_match",source="stripe"}`, window, pace)}) > 0`,
    summary: 'Stripe signs with a secret that ingest does not know.',
    description:
      "About {{ $value | humanize }} webhooks from Stripe's own addresses did not verify within five minutes: a rotated or wrong secret, or a proxy that changes bytes.",
    noData: 'The counter is initialized to 0: no data means that ingest is not scraped.',
  },
  {
    name: 'ClockSkew',
    severity: 'warning',
    forSeconds: 5 * MINUTE,
    expr: (pace) =>
      `max(abs(keyflow_clock_skew_seconds)) > ${clockSeconds} or sum(${increaseOf(`${FAILURES}{reason=~"too_old|in_future",source="stripe"}`, window, pace)}) > 0`,
    summary: "Ingest's clock and Stripe's disagree.",
    description: `Webhooks seem to arrive at another time than they were signed (more than ${clockSeconds} s apart), or are refused as too old or of the future. Value: {{ $value | humanize }}.`,
    noData: 'No authentic webhook yet.',
  },
  {
    name: 'OldSecretInUse',
    severity: 'info',
    forSeconds: 24 * HOUR,
    expr: (pace) =>
      `sum by (endpoint) (${increaseOf('keyflow_signature_secret_matches_total{slot="previous"}', HOUR, pace)}) > 0`,
    summary: 'Stripe still signs with a secret that is being rotated out.',
    description:
      'Endpoint {{ $labels.endpoint }}: about {{ $value | humanize }} webhooks of the last hour. Do not drop the old secret yet.',
    noData: 'The counter is initialized to 0: no data means that ingest is not scraped.',
  },
]
