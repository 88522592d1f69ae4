import { type BoardSpec, of, orZero } from './panel.ts'

const grown = (series: string, by?: string): string =>
  `sum${by === undefined ? '' : ` by (${by})`} (increase(${series}[$__rate_interval]))`

export const BUSINESS: BoardSpec = {
  uid: 'keyflow-business',
  title: 'Keyflow / Business',
  description: 'Licenses, purchases and debts.',
  panels: [
    {
      kind: 'stacked',
      title: 'What happened to licenses',
      description: 'Changes by the event that told of them.',
      unit: 'short',
      min: 0,
      width: 12,
      queries: [{ expr: `${grown(of('keyflow_license_changes_total'), 'type')} > 0`, legend: '{{type}}' }],
    },
    {
      kind: 'lines',
      title: 'Licenses created, keys mailed, purchases waiting',
      description: 'The first two should be equal, the third 0.',
      unit: 'short',
      min: 0,
      width: 12,
      queries: [
        {
          expr: grown(of('keyflow_license_operations_total', 'operation="create"', 'result="success"')),
          legend: 'created',
        },
        {
          expr: grown(of('keyflow_mail_outcomes_total', 'template="license_issued"', 'outcome="accepted"')),
          legend: 'key mailed',
        },
        { expr: `sum(${of('keyflow_licenses_pending_review')})`, legend: 'waiting for a person' },
      ],
    },
    {
      kind: 'stat',
      title: 'Amount at risk, minor units',
      description: 'Paid and not licensed, by currency.',
      unit: 'short',
      width: 6,
      queries: [
        {
          expr: orZero(`sum by (currency) (${of('keyflow_paid_without_license_minor')})`),
          legend: '{{currency}}',
        },
      ],
    },
    {
      kind: 'stat',
      title: 'Waiting for a person',
      description: 'Entries of the review queue by reason.',
      unit: 'short',
      width: 6,
      queries: [{ expr: `max by (reason) (${of('keyflow_licenses_pending_review')})`, legend: '{{reason}}' }],
    },
    {
      kind: 'stat',
      title: 'Drift',
      description:
        'Differences between Stripe and the licenses that the last comparison found, by direction.',
      unit: 'short',
      width: 6,
      queries: [{ expr: `sum by (direction) (${of('keyflow_reconcile_drift')})`, legend: '{{direction}}' }],
    },
    {
      kind: 'stat',
      title: 'Fetched by the reconciler',
      description: 'Events and answers appended to the log within the range that no webhook had brought.',
      unit: 'short',
      width: 6,
      queries: [
        {
          expr: `sum by (kind) (increase(${of('keyflow_reconcile_appended_total')}[$__range]))`,
          legend: '{{kind}}',
        },
      ],
    },
    {
      kind: 'lines',
      title: 'Dunning cases',
      description: 'Cases of failed payments by status; lost ones stay restricted.',
      unit: 'short',
      min: 0,
      width: 8,
      queries: [{ expr: `max by (status) (${of('keyflow_dunning_cases')})`, legend: '{{status}}' }],
    },
    {
      kind: 'lines',
      title: 'Restrictions in force',
      description: 'Open cases by what holds.',
      unit: 'short',
      min: 0,
      width: 8,
      queries: [{ expr: `max by (level) (${of('keyflow_dunning_open_cases')})`, legend: '{{level}}' }],
    },
    {
      kind: 'lines',
      title: 'Harm',
      description: 'Paid and still restricted; commands that licensing has not confirmed. Both must be 0.',
      unit: 'short',
      min: 0,
      width: 8,
      queries: [
        { expr: `max(${of('keyflow_dunning_paid_but_restricted')})`, legend: 'paid but restricted' },
        { expr: `max(${of('keyflow_dunning_command_unacked')})`, legend: 'unconfirmed' },
      ],
    },
    {
      kind: 'lines',
      title: 'Debts, minor units',
      description: 'Opened, recovered and lost; all currencies together, for the shape alone.',
      unit: 'short',
      min: 0,
      width: 12,
      queries: [
        { expr: orZero(grown(of('keyflow_dunning_at_risk_minor_total'))), legend: 'opened' },
        { expr: orZero(grown(of('keyflow_dunning_recovered_minor_total'))), legend: 'recovered' },
        { expr: orZero(grown(of('keyflow_dunning_lost_minor_total'))), legend: 'lost' },
      ],
    },
    {
      kind: 'stacked',
      title: 'Validations',
      description: 'Answers to sold software, by verdict.',
      unit: 'short',
      min: 0,
      width: 12,
      queries: [{ expr: grown(of('keyflow_validations_total'), 'valid'), legend: 'valid: {{valid}}' }],
    },
  ],
}
