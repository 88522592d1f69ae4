import { type Alert, percent } from './alert.ts'
import { lasting, MINUTE } from './pace.ts'
import { bucketUpTo, grewOrWasBorn, REQUESTS } from './series.ts'
import { THRESHOLDS } from './thresholds.ts'

const { processing, outbox, leak } = THRESHOLDS
const SECONDS = 'keyflow_event_processing_seconds'
const CONSUMERS = ['licensing', 'dunning', 'notifier'] as const
const GAVE_UP = 'keyflow_dlq_messages_total{reason="gave_up"}'

export const PROCESSING_ALERTS: readonly Alert[] = [
  {
    name: 'ProcessingSlow',
    severity: 'warning',
    forSeconds: processing.slowFor,
    expr: (pace) => {
      const rate = (series: string) => `sum by (service) (rate(${series}[${pace.lasting(5 * MINUTE)}]))`
      return `1 - ${rate(`${SECONDS}_bucket{${bucketUpTo(processing.seconds)}}`)} / (${rate(`${SECONDS}_count`)} > 0) > ${processing.slowShare}`
    },
    summary: `Events take longer than ${processing.seconds} s from webhook to commit.`,
    description: `{{ $labels.service }}: {{ $value | humanizePercentage }} of the events took longer than ${processing.seconds} s; at most ${percent(processing.slowShare)} may.`,
    noData: 'Nothing was completed. A consumer that hangs is seen by KeyflowProcessingStuck.',
  },
  {
    name: 'ProcessingStuck',
    severity: 'critical',
    forSeconds: processing.stuckFor,
    expr: () => `max by (service) (keyflow_oldest_unprocessed_event_age_seconds) > ${processing.seconds}`,
    summary: 'A consumer does not get on: events wait and nothing completes them.',
    description: `{{ $labels.service }}: the oldest event has waited for {{ $value | humanizeDuration }}; more than ${processing.seconds} s is too long.`,
    noData: 'The service is down or not scraped; see KeyflowServiceAbsent.',
  },
  {
    name: 'ServiceAbsent',
    severity: 'critical',
    forSeconds: 5 * MINUTE,
    expr: () => CONSUMERS.map((service) => `absent(${SECONDS}_count{service="${service}"})`).join(' or '),
    summary: 'Prometheus sees no metrics of a service.',
    description:
      '{{ $labels.service }} is down or not scraped. What it should do waits in the log meanwhile.',
    noData: 'No data is what it fires on.',
  },
  {
    name: 'OutboxStuck',
    severity: 'critical',
    forSeconds: outbox.for,
    expr: () => `max by (service) (keyflow_outbox_oldest_age_seconds) > ${outbox.seconds}`,
    summary: 'Decisions are committed and not published.',
    description: `{{ $labels.service }}: the oldest row of the outbox has waited for {{ $value | humanizeDuration }}, longer than ${outbox.seconds} s: others do not hear what was decided.`,
    noData: 'The service is down or not scraped; see KeyflowServiceAbsent.',
  },
  {
    name: 'RecordGivenUp',
    severity: 'critical',
    expr: (pace) => `sum by (service) (${grewOrWasBorn(GAVE_UP, 10 * MINUTE, pace)}) > 0`,
    summary: 'A service gave an event up that it could read: a bug.',
    description:
      '{{ $labels.service }} gave up about {{ $value | humanize }} events in ten minutes. A customer may lack what was paid for.',
    noData: 'The counter is initialized to 0: no data means that the service is not scraped.',
  },
  {
    name: 'DlqNotEmpty',
    severity: 'warning',
    expr: () => 'max by (service) (keyflow_dlq_depth) > 0',
    summary: 'Dead letters wait for somebody.',
    description:
      '{{ $labels.service }} keeps {{ $value }} dead letters that nobody has redriven or looked at.',
    noData: 'The service is down or not scraped; see KeyflowServiceAbsent.',
  },
  {
    name: 'EventLeak',
    severity: 'warning',
    forSeconds: leak.for,
    // Services are scraped at different seconds: while traffic rises, each lags ingest by what comes in between.
    expr: (pace) =>
      `(keyflow:events_unaccounted - (sum by (service) (keyflow_consumer_lag_messages{topic="stripe.events"}) or 0 * keyflow:events_unaccounted)) >= scalar(${leak.fewest} + ${leak.skewSeconds} * (sum(rate(${REQUESTS}{outcome="accepted"}[${pace.lasting(5 * MINUTE)}])) or vector(0))) unless on () keyflow:restarted_recently`,
    summary: 'Events were accepted, and a service has neither applied nor refused them.',
    description: `{{ $labels.service }}: about {{ $value | humanize }} events of the last ${lasting(leak.window)} are not accounted for, and are not in flight. Lost silently, unless they were counted wrongly.`,
    noData: 'No traffic, or a service was restarted within the window: then counters cannot be compared.',
  },
]
