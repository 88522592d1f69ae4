import { dashboardFiles } from '../deploy/observability/dashboards/all-dashboards.ts'
import { PRODUCTION } from '../deploy/observability/rules/pace.ts'
import { GENERATED, ruleFile, ruleGroups, toYaml } from '../deploy/observability/rules/rule-file.ts'

const RULES = {
  pace: PRODUCTION,
  interval: '30s',
  runbooks: 'https://github.com/keyflow/keyflow/blob/main/docs/runbooks',
}

/** For the Prometheus operator: the same groups in its envelope. */
const prometheusRule = (): string =>
  GENERATED +
  toYaml({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'keyflow', labels: { 'app.kubernetes.io/name': 'keyflow' } },
    spec: { groups: ruleGroups(RULES) },
  })

/** What the generated files of deploy/ must contain, by path from the root. */
export const observabilityFiles = (): Readonly<Record<string, string>> => {
  const dashboards = Object.entries(dashboardFiles())
  return {
    'deploy/observability/prometheus/keyflow.rules.yml': ruleFile(RULES),
    'deploy/k8s/components/monitoring/prometheus-rule.yaml': prometheusRule(),
    ...Object.fromEntries(
      dashboards.flatMap(([name, json]) => [
        [`deploy/observability/grafana/dashboards/${name}.json`, json],
        [`deploy/k8s/components/monitoring/dashboards/${name}.json`, json],
      ]),
    ),
  }
}
