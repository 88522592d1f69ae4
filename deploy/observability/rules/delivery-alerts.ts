import { type Alert, percent } from './alert.ts'
import { HOUR, MINUTE } from './pace.ts'
import { ALL, BAD, increaseOf, ingestErrors, REQUESTS } from './series.ts'
import { THRESHOLDS } from './thresholds.ts'

const {
  floor,
  fewestFailures,
  littleTraffic,
  usualTraffic,
  spikeFactor,
  spikeFloor,
  undeliveredFor,
  silentFor,
} = THRESHOLDS.delivery
const allowed = Number((1 - floor).toFixed(6))
const BURN = 14.4
const accepted = `${REQUESTS}{outcome="accepted"}`

export const DELIVERY_ALERTS: readonly Alert[] = [
  {
    name: 'DeliveryRateLow',
    severity: 'warning',
    forSeconds: 2 * MINUTE,
    expr: (pace) =>
      `${ingestErrors('30m')} > ${allowed} and sum(${increaseOf(`${REQUESTS}{${BAD}}`, 30 * MINUTE, pace)}) >= ${fewestFailures}`,
    summary: `Fewer than ${percent(floor)} of Stripe's webhooks are acknowledged.`,
    description: `{{ $value | humanizePercentage }} of the authentic webhooks of the last 30 minutes were not acknowledged; at most ${percent(allowed)} may be. Stripe sends them again for three days.`,
    noData:
      'No authentic traffic: nothing can be late. KeyflowIngestSilent and KeyflowMetricsAbsent watch that.',
  },
  {
    name: 'DeliveryBudgetBurnFast',
    severity: 'critical',
    expr: () =>
      `${ingestErrors('1h')} > ${BURN} * ${allowed} and ${ingestErrors('5m')} > ${BURN} * ${allowed}`,
    summary: "Ingest refuses so many of Stripe's webhooks that customers wait for their keys.",
    description: `{{ $value | humanizePercentage }} of the authentic webhooks of the last hour were not acknowledged, more than ${BURN} times the ${percent(allowed)} that the floor of ${percent(floor)} allows, and it goes on.`,
    noData: 'No authentic traffic within the hour; see KeyflowIngestSilent.',
  },
  {
    name: 'DeliveryFailuresLowTraffic',
    severity: 'warning',
    expr: (pace) =>
      `sum(${increaseOf(`${REQUESTS}{${BAD}}`, 6 * HOUR, pace)}) > 0 and sum(${increaseOf(`${REQUESTS}{${ALL}}`, 6 * HOUR, pace)}) < ${littleTraffic}`,
    summary: 'A webhook was not acknowledged, at a time of little traffic.',
    description: `About {{ $value | humanize }} authentic webhooks were not acknowledged in six hours. With fewer than ${littleTraffic} in all a ratio says little, so each counts.`,
    noData: 'The counter is initialized to 0: no data means that ingest is not scraped.',
  },
  {
    name: 'StripeUndelivered',
    severity: 'critical',
    forSeconds: undeliveredFor,
    expr: () => 'max(keyflow_stripe_undelivered_events{age="gt_1h"}) > 0',
    summary: 'Stripe holds events that it could not deliver for an hour.',
    description:
      'Stripe lists {{ $value }} events, older than an hour, that an endpoint has not taken. What fails before it reaches ingest (DNS, TLS, load balancer) shows here alone.',
    noData: 'The reconciler is not running; see KeyflowReconcilerStale.',
  },
  {
    name: 'IngestSilent',
    severity: 'critical',
    forSeconds: silentFor,
    expr: (pace) =>
      `(sum(${increaseOf(accepted, HOUR, pace)}) or vector(0)) == 0 and sum(${increaseOf(accepted, HOUR, pace, pace.week)}) > ${usualTraffic}`,
    summary: 'No webhook has come for an hour, at a time of the week when many do.',
    description: `Nothing was accepted within the hour; in the same hour last week it were more than ${usualTraffic} webhooks.`,
    noData: 'No data counts as silence: the first arm is then 0.',
  },
  {
    name: 'IngestSpike',
    severity: 'info',
    forSeconds: 5 * MINUTE,
    expr: ({ lasting, week }) => {
      const rate = `sum(rate(${accepted}[${lasting(10 * MINUTE)}]`
      return `${rate})) > ${spikeFactor} * ${rate} offset ${week})) and ${rate})) > ${spikeFloor}`
    },
    summary: 'Far more webhooks come than at the same time last week.',
    description: `{{ $value | humanize }} webhooks a second, more than ${spikeFactor} times last week's: a replay, a migration, or a loop.`,
    noData: 'Without last week there is nothing to compare with.',
  },
  {
    name: 'MetricsAbsent',
    severity: 'critical',
    forSeconds: 5 * MINUTE,
    expr: () => `absent(${accepted})`,
    summary: 'Prometheus sees no metrics of ingest.',
    description:
      'Either ingest is down or it is not scraped: until that is mended none of the other alerts can be believed.',
    noData: 'No data is what it fires on.',
  },
  {
    name: 'ApiVersionNew',
    severity: 'info',
    expr: ({ lasting }) =>
      `sum by (api_version) (keyflow_events_by_api_version_total) unless sum by (api_version) (keyflow_events_by_api_version_total offset ${lasting(HOUR)})`,
    summary: 'Events come in an API version that did not come an hour ago.',
    description:
      'First events in the API version {{ $labels.api_version }}. Keyflow reads all of them; look that it was meant.',
    noData: 'No events.',
  },
]
