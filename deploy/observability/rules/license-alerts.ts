import { type Alert, percent } from './alert.ts'
import { HOUR, MINUTE } from './pace.ts'
import { grewOrWasBorn, increaseOf, REQUESTS } from './series.ts'
import { THRESHOLDS } from './thresholds.ts'

const { reconcile, duplicates } = THRESHOLDS
const FAILED = 'keyflow_license_operations_total{operation="create",result="failure"}'
const DUPLICATES = 'keyflow_duplicate_events_total{service="licensing",cause!~"replay|republished"}'

export const LICENSE_ALERTS: readonly Alert[] = [
  {
    name: 'LicenseCreateFailed',
    severity: 'critical',
    expr: (pace) => `sum by (reason) (${grewOrWasBorn(FAILED, 10 * MINUTE, pace)}) > 0`,
    summary: 'A purchase did not become a license.',
    description:
      'Reason: {{ $labels.reason }}. The review queue has an entry for each, with the facts and what can be done.',
    noData: 'The counter is initialized to 0: no data means that licensing is not scraped.',
  },
  {
    name: 'PaidWithoutLicense',
    severity: 'critical',
    forSeconds: MINUTE,
    expr: () => 'max(keyflow_paid_without_license) > 0',
    summary: 'Customers have paid and have no license.',
    description:
      '{{ $value }} paid purchases wait in the review queue. This stays until each of them is decided.',
    noData: 'Licensing is down or not scraped; see KeyflowServiceAbsent.',
  },
  {
    name: 'OverEntitled',
    severity: 'warning',
    forSeconds: reconcile.overFor,
    expr: () => 'max(keyflow_license_without_payment) > 0',
    summary: 'Licenses give more than Stripe says was bought.',
    description:
      "{{ $value }} licenses differed to the customer's advantage when objects were last compared with Stripe.",
    noData: 'Objects were never compared; see KeyflowReconcilerStale.',
  },
  {
    name: 'DuplicateRateHigh',
    severity: 'warning',
    forSeconds: duplicates.for,
    expr: (pace) =>
      `sum(${increaseOf(DUPLICATES, HOUR, pace)}) / (sum(${increaseOf(`${REQUESTS}{outcome=~"accepted|ignored"}`, HOUR, pace)}) >= ${duplicates.fewestWebhooks}) > ${duplicates.share}`,
    summary: `More than ${percent(duplicates.share)} of the events come more than once.`,
    description: `{{ $value | humanizePercentage }} of the last hour's events had been applied already; ${percent(duplicates.share)} is usual at most. By cause: stripe_retry = our answers are late or fail; kafka_redelivery = rebalances; endpoint_overlap = two endpoints get the same events.`,
    noData: `Fewer than ${duplicates.fewestWebhooks} webhooks within the hour: a ratio would say nothing.`,
  },
  {
    name: 'ReconcilerStale',
    severity: 'warning',
    forSeconds: reconcile.staleFor,
    expr: () =>
      `time() - max(keyflow_reconcile_last_success_timestamp_seconds{layer="events"}) > ${reconcile.staleSeconds}`,
    summary: 'The log has not been compared with Stripe for too long.',
    description: `The last comparison that came to its end was {{ $value | humanizeDuration }} ago; more than ${reconcile.staleSeconds / 60} minutes is too long. Events that never arrived stay unseen.`,
    noData: 'Licensing is down or not scraped; see KeyflowServiceAbsent.',
  },
  {
    name: 'MissingEvents',
    severity: 'warning',
    forSeconds: reconcile.missingFor,
    expr: () => 'max(keyflow_reconcile_drift{class="missing_event"}) > 0',
    summary: 'Stripe lists events that the log lacks, and they keep coming.',
    description:
      'The last comparison found {{ $value }} events that no webhook had brought. They were appended; why did they not come?',
    noData: 'The reconciler is not running; see KeyflowReconcilerStale.',
  },
]
