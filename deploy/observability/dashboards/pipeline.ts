import { type BoardSpec, of, orZero, quantile, sumRate } from './panel.ts'

const SECONDS = 'keyflow_event_processing_seconds'

export const PIPELINE: BoardSpec = {
  uid: 'keyflow-pipeline',
  title: 'Keyflow / Pipeline',
  description: 'From the log to licenses, dunning and mails.',
  panels: [
    {
      kind: 'stacked',
      title: 'Events by type',
      description: 'Records that licensing took from its topics, by type.',
      unit: 'reqps',
      min: 0,
      width: 12,
      queries: [
        {
          expr: `${sumRate(of('keyflow_events_processed_total', 'service="licensing"'), 'event_type')} > 0`,
          legend: '{{event_type}}',
        },
      ],
    },
    {
      kind: 'stacked',
      title: 'What became of them',
      description: 'By service and outcome. duplicate and noop are harmless; dead_lettered wants a person.',
      unit: 'reqps',
      min: 0,
      width: 12,
      queries: [
        {
          expr: `${sumRate(of('keyflow_events_processed_total'), 'service, outcome')} > 0`,
          legend: '{{service}} {{outcome}}',
        },
      ],
    },
    {
      kind: 'heatmap',
      title: 'From webhook to commit',
      description: 'All services together; exemplars lead to traces. More than 1 % above 5 s makes a ticket.',
      unit: 's',
      width: 12,
      queries: [{ expr: sumRate(of(`${SECONDS}_bucket`), 'le'), legend: '{{le}}' }],
    },
    {
      kind: 'lines',
      title: 'From webhook to commit, p99',
      description: 'By service; 5 s is the limit.',
      unit: 's',
      min: 0,
      width: 12,
      queries: [
        { expr: quantile(0.99, SECONDS, 'service'), legend: '{{service}}' },
        { expr: 'vector(5)', legend: 'limit' },
      ],
    },
    {
      kind: 'lines',
      title: 'Lag',
      description: 'Records that the group has not committed, by service and topic.',
      unit: 'short',
      min: 0,
      width: 8,
      queries: [
        {
          expr: `max by (service, topic) (sum by (service, topic, instance) (${of('keyflow_consumer_lag_messages')}))`,
          legend: '{{service}} {{topic}}',
        },
      ],
    },
    {
      kind: 'lines',
      title: 'Age of the oldest record',
      description: 'Seconds that the oldest record has waited, by service. It grows when a consumer hangs.',
      unit: 's',
      min: 0,
      width: 8,
      queries: [
        {
          expr: `max by (service) (${of('keyflow_oldest_unprocessed_event_age_seconds')})`,
          legend: '{{service}}',
        },
      ],
    },
    {
      kind: 'lines',
      title: 'Not accounted for',
      description:
        'Accepted or appended and neither settled nor in flight, over half an hour. Must be about 0.',
      unit: 'short',
      width: 8,
      queries: [{ expr: orZero('keyflow:events_unaccounted'), legend: '{{service}}' }],
    },
    {
      kind: 'lines',
      title: 'Rebalances',
      description:
        'Times a second that members joined their group. Once at the start; more means that they are expelled.',
      unit: 'ops',
      min: 0,
      width: 8,
      queries: [{ expr: sumRate(of('keyflow_consumer_joins_total'), 'service'), legend: '{{service}}' }],
    },
    {
      kind: 'stacked',
      title: 'Duplicates by cause',
      description:
        'Of licensing. stripe_retry: our answers are late. endpoint_overlap: two endpoints. replay: ours.',
      unit: 'reqps',
      min: 0,
      width: 8,
      queries: [
        {
          expr: sumRate(of('keyflow_duplicate_events_total', 'service="licensing"'), 'cause'),
          legend: '{{cause}}',
        },
      ],
    },
    {
      kind: 'lines',
      title: 'Stale facts and ties',
      description: 'States that came after what nothing follows, and states of the same second.',
      unit: 'ops',
      min: 0,
      width: 8,
      queries: [
        { expr: sumRate(of('keyflow_stale_facts_total')), legend: 'stale' },
        { expr: sumRate(of('keyflow_ties_total'), 'decided_by'), legend: 'tie, {{decided_by}}' },
      ],
    },
    {
      kind: 'lines',
      title: 'Dead letters',
      description: 'Letters that nobody has redriven, by service. Each is an event of a customer.',
      unit: 'short',
      min: 0,
      width: 8,
      queries: [{ expr: `max by (service) (${of('keyflow_dlq_depth')})`, legend: '{{service}}' }],
    },
    {
      kind: 'lines',
      title: 'Outbox',
      description: 'Age of the oldest decision that is committed and not published.',
      unit: 's',
      min: 0,
      width: 8,
      queries: [
        { expr: `max by (service) (${of('keyflow_outbox_oldest_age_seconds')})`, legend: '{{service}}' },
      ],
    },
    {
      kind: 'lines',
      title: 'Transactions, p99',
      description: 'Duration of one micro-batch in MongoDB, by service.',
      unit: 's',
      min: 0,
      width: 8,
      queries: [
        { expr: quantile(0.99, 'keyflow_batch_transaction_seconds', 'service'), legend: '{{service}}' },
      ],
    },
    {
      kind: 'lines',
      title: 'Handing over a mail',
      description: 'Rendering, SMTP dialog and the commit before the content.',
      unit: 's',
      min: 0,
      width: 12,
      queries: [
        { expr: quantile(0.5, 'keyflow_mail_send_seconds'), legend: 'p50' },
        { expr: quantile(0.99, 'keyflow_mail_send_seconds'), legend: 'p99' },
      ],
    },
    {
      kind: 'lines',
      title: 'Mails not settled',
      description: 'By state. unknown: handed over, and nobody knows.',
      unit: 'short',
      min: 0,
      width: 12,
      queries: [{ expr: `sum by (state) (${of('keyflow_mail_messages')})`, legend: '{{state}}' }],
    },
  ],
}
