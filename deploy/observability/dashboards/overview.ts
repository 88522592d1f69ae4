import { ingestErrors } from '../rules/series.ts'
import { THRESHOLDS } from '../rules/thresholds.ts'
import { type BoardSpec, of, orZero, quantile, rate, requests } from './panel.ts'

const { objective } = THRESHOLDS.delivery
const budget = Number((1 - objective).toFixed(6))

/** On one page: do customers get their keys? */
export const OVERVIEW: BoardSpec = {
  uid: 'keyflow-overview',
  title: 'Keyflow / Overview',
  description: 'Do customers get their keys?',
  panels: [
    {
      kind: 'stat',
      title: 'Delivery rate, 1 h',
      description: "Share of Stripe's authentic webhooks that were acknowledged. Below 99 % customers wait.",
      unit: 'percentunit',
      noValue: 'no traffic',
      width: 4,
      queries: [{ expr: `1 - ${ingestErrors('1h')}`, legend: 'delivered' }],
    },
    {
      kind: 'stat',
      title: 'Error budget left, 3 d',
      description: `What is left of the ${budget * 100} % of webhooks that may need a second attempt. Negative: used up.`,
      unit: 'percentunit',
      noValue: 'no traffic',
      width: 4,
      queries: [{ expr: `1 - ${ingestErrors('3d')} / ${budget}`, legend: 'left' }],
    },
    {
      kind: 'stat',
      title: 'Time to key, p99, 1 h',
      description:
        'From the webhook accepted to the mail with the key accepted by the relay. 5 s is the promise.',
      unit: 's',
      noValue: 'no purchases',
      width: 4,
      queries: [
        {
          expr: `histogram_quantile(0.99, sum by (le) (increase(${of('keyflow_provisioning_seconds_bucket')}[1h])))`,
          legend: 'p99',
        },
      ],
    },
    {
      kind: 'stat',
      title: 'Paid without a license',
      description: 'Customers who have paid and have nothing. Must be 0; the review queue says who.',
      unit: 'short',
      width: 4,
      queries: [{ expr: `max(${of('keyflow_paid_without_license')})`, legend: 'customers' }],
    },
    {
      kind: 'stat',
      title: 'Undelivered at Stripe for an hour',
      description: 'As Stripe lists it: sees also what fails before it reaches us. Must be 0.',
      unit: 'short',
      width: 4,
      queries: [{ expr: `max(${of('keyflow_stripe_undelivered_events', 'age="gt_1h"')})`, legend: 'events' }],
    },
    {
      kind: 'stat',
      title: 'Alerts firing',
      description: 'Without the one that fires always.',
      unit: 'short',
      width: 4,
      queries: [
        {
          expr: orZero(
            'count(ALERTS{alertstate="firing",alertname=~"Keyflow.*",alertname!="KeyflowWatchdog"})',
          ),
          legend: 'alerts',
        },
      ],
    },
    {
      kind: 'lines',
      title: 'Delivery rate',
      description:
        "Share of Stripe's authentic webhooks that were acknowledged; the floor is 99 %. Gaps are times without traffic.",
      unit: 'percentunit',
      noValue: 'no traffic',
      width: 12,
      queries: [
        { expr: `1 - ${ingestErrors('5m')}`, legend: '5 min' },
        { expr: `1 - ${ingestErrors('1h')}`, legend: '1 h' },
        { expr: `vector(${THRESHOLDS.delivery.floor})`, legend: 'floor' },
      ],
    },
    {
      kind: 'lines',
      title: 'Time to key',
      description:
        'From the webhook accepted, and from the purchase at Stripe (whole seconds), to the mail accepted.',
      unit: 's',
      noValue: 'no purchases',
      min: 0,
      width: 12,
      queries: [
        { expr: quantile(0.5, 'keyflow_provisioning_seconds'), legend: 'p50' },
        { expr: quantile(0.99, 'keyflow_provisioning_seconds'), legend: 'p99' },
        { expr: quantile(0.99, 'keyflow_provisioning_since_stripe_seconds'), legend: 'p99 since Stripe' },
      ],
    },
    {
      kind: 'lines',
      title: 'Oldest unprocessed event',
      description:
        'For how long the oldest event has waited, by service. More than 5 s for two minutes pages.',
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
      kind: 'stacked',
      title: 'Webhooks',
      description: 'Requests a second by how they ended; unsigned ones say nothing about us.',
      unit: 'reqps',
      min: 0,
      width: 8,
      queries: [{ expr: `sum by (outcome) (${rate(requests())})`, legend: '{{outcome}}' }],
    },
    {
      kind: 'lines',
      title: 'Oldest mail waiting',
      description:
        'Age of the oldest mail that could be sent. Minutes mean that the relay does not take them.',
      unit: 's',
      min: 0,
      width: 8,
      queries: [{ expr: `max(${of('keyflow_mail_queue_age_seconds')})`, legend: 'age' }],
    },
  ],
}
