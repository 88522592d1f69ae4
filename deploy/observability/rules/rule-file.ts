import { stringify } from 'yaml'
import type { Alert } from './alert.ts'
import { ALERT_GROUPS, PREFIX, runbookName } from './all-alerts.ts'
import type { Pace } from './pace.ts'
import { RECORDINGS } from './recording.ts'

export interface RuleFileOptions {
  readonly pace: Pace
  /** Between two evaluations, e.g. `30s`. */
  readonly interval: string
  /** Where the runbooks are published. */
  readonly runbooks: string
}

const toRule = (alert: Alert, { pace, runbooks }: RuleFileOptions) => ({
  alert: `${PREFIX}${alert.name}`,
  expr: alert.expr(pace),
  ...(alert.forSeconds === undefined ? {} : { for: pace.lasting(alert.forSeconds) }),
  labels: { severity: alert.severity },
  annotations: {
    summary: alert.summary,
    description: alert.description,
    no_data: alert.noData,
    runbook_url: `${runbooks}/${runbookName(alert.name)}.md`,
  },
})

/** Recording and alerting rules, as Prometheus and the operator's PrometheusRule take them. */
export const ruleGroups = (options: RuleFileOptions) => {
  const { interval, pace } = options
  const recordings = RECORDINGS.map(({ record, expr }) => ({ record, expr: expr(pace) }))
  return [
    { name: 'keyflow-ratios', interval, rules: recordings },
    ...Object.entries(ALERT_GROUPS).map(([name, alerts]) => ({
      name,
      interval,
      rules: alerts.map((alert) => toRule(alert, options)),
    })),
  ]
}

export const GENERATED =
  '# Generated: npm run docs:observability. Change deploy/observability/rules instead.\n'

export const toYaml = (value: unknown): string => stringify(value, { lineWidth: 0 })

export const ruleFile = (options: RuleFileOptions): string =>
  GENERATED + toYaml({ groups: ruleGroups(options) })
