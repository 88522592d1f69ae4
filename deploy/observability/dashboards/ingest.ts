import { type BoardSpec, of, quantile, requests, sumRate } from './panel.ts'

export const INGEST: BoardSpec = {
  uid: 'keyflow-ingest',
  title: 'Keyflow / Ingest',
  description: 'From Stripe to the log.',
  panels: [
    {
      kind: 'stacked',
      title: 'Requests by outcome',
      description:
        'publish_failed, overloaded, too_large and internal are ours; sig_invalid and stranger_refused are not.',
      unit: 'reqps',
      min: 0,
      width: 12,
      queries: [{ expr: sumRate(requests(), 'outcome'), legend: '{{outcome}}' }],
    },
    {
      kind: 'heatmap',
      title: 'Time to the answer',
      description:
        'From the request head to the answer, accepted webhooks; exemplars lead to traces. Stripe gives up after 10 s.',
      unit: 's',
      width: 12,
      queries: [
        {
          expr: sumRate(of('keyflow_webhook_request_duration_seconds_bucket', 'outcome="accepted"'), 'le'),
          legend: '{{le}}',
        },
      ],
    },
    {
      kind: 'lines',
      title: "Kafka's acknowledgment",
      description:
        'From handing a record over to its acknowledgment by all replicas in sync. 2 s is the deadline.',
      unit: 's',
      min: 0,
      width: 8,
      queries: [
        { expr: quantile(0.5, 'keyflow_kafka_publish_duration_seconds'), legend: 'p50' },
        { expr: quantile(0.99, 'keyflow_kafka_publish_duration_seconds'), legend: 'p99' },
      ],
    },
    {
      kind: 'lines',
      title: 'Requests in hand',
      description:
        'Webhook requests that are being worked on. At MAX_IN_FLIGHT_REQUESTS further ones get 503.',
      unit: 'short',
      min: 0,
      width: 8,
      queries: [
        { expr: `sum by (instance) (${of('keyflow_webhook_requests_in_flight')})`, legend: '{{instance}}' },
      ],
    },
    {
      kind: 'lines',
      title: 'Bytes in hand',
      description: 'Bodies that are being read or written. At MAX_IN_FLIGHT_BYTES further requests get 503.',
      unit: 'bytes',
      min: 0,
      width: 8,
      queries: [
        { expr: `sum by (instance) (${of('keyflow_webhook_bytes_in_flight')})`, legend: '{{instance}}' },
      ],
    },
    {
      kind: 'stacked',
      title: 'Signature failures',
      description:
        'By reason and source. From "stripe" with no_match it is our secret; from "other" a stranger.',
      unit: 'reqps',
      min: 0,
      width: 12,
      queries: [
        {
          expr: sumRate(of('keyflow_signature_failures_total'), 'reason, source'),
          legend: '{{reason}} {{source}}',
        },
      ],
    },
    {
      kind: 'lines',
      title: 'Secret in use',
      description: 'Which secret signed. When "previous" stands still for a day the old one may be dropped.',
      unit: 'reqps',
      min: 0,
      width: 6,
      queries: [{ expr: sumRate(of('keyflow_signature_secret_matches_total'), 'slot'), legend: '{{slot}}' }],
    },
    {
      kind: 'lines',
      title: 'Clock skew',
      description: 'Time of arrival less time of signing, moving average. Beyond 60 s a clock is wrong.',
      unit: 's',
      width: 6,
      queries: [{ expr: of('keyflow_clock_skew_seconds'), legend: '{{instance}}' }],
    },
    {
      kind: 'lines',
      title: "Stripe's delay",
      description: "From the event's creation at Stripe to its arrival: their side, or a redelivery.",
      unit: 's',
      min: 0,
      width: 12,
      queries: [
        { expr: quantile(0.5, 'keyflow_event_delay_seconds'), legend: 'p50' },
        { expr: quantile(0.99, 'keyflow_event_delay_seconds'), legend: 'p99' },
      ],
    },
    {
      kind: 'stacked',
      title: 'API versions',
      description: 'In which API version events are written. A new one should have been meant.',
      unit: 'reqps',
      min: 0,
      width: 12,
      queries: [
        {
          expr: sumRate(of('keyflow_events_by_api_version_total'), 'api_version'),
          legend: '{{api_version}}',
        },
      ],
    },
  ],
}
