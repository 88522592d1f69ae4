import {
  StackingConfigBuilder,
  StackingMode,
  VizLegendOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import {
  DashboardBuilder,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { PanelBuilder as HeatmapBuilder } from '@grafana/grafana-foundation-sdk/heatmap'
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries'
import type { BoardSpec, PanelKind, PanelQuery, PanelSpec } from './panel.ts'

const SOURCE = { type: 'prometheus', uid: '$datasource' }
const HEIGHT: Readonly<Record<PanelKind, number>> = { stat: 4, lines: 8, stacked: 8, heatmap: 8 }
const TAG = 'keyflow'

const builderOf = (kind: PanelKind) => {
  if (kind === 'stat') return new StatBuilder()
  if (kind === 'heatmap') return new HeatmapBuilder()
  const lines = new TimeseriesBuilder()
    .lineWidth(2)
    .legend(new VizLegendOptionsBuilder().showLegend(true))
    .fillOpacity(kind === 'stacked' ? 40 : 0)
  return kind === 'stacked' ? lines.stacking(new StackingConfigBuilder().mode(StackingMode.Normal)) : lines
}

const target = ({ expr, legend }: PanelQuery, kind: PanelKind, at: number): DataqueryBuilder => {
  const query = new DataqueryBuilder()
    .expr(expr)
    .legendFormat(legend)
    .refId(String.fromCharCode(65 + at))
  if (kind === 'stat') return query.instant()
  const range = query.range().exemplar(expr.includes('_bucket'))
  return kind === 'heatmap' ? range.format(PromQueryFormat.Heatmap) : range
}

const panel = (spec: PanelSpec) => {
  const { kind, title, description, unit, queries, width, noValue = 'no data', min } = spec
  const built = builderOf(kind)
    .title(title)
    .description(description)
    .unit(unit)
    .noValue(noValue)
    .datasource(SOURCE)
    .span(width)
    .height(HEIGHT[kind])
  if (min !== undefined) built.min(min)
  for (const [at, query] of queries.entries()) built.withTarget(target(query, kind, at))
  return built
}

const variable = (name: string, label: string, query: string) =>
  new QueryVariableBuilder(name)
    .label(label)
    .query({ qryType: 1, query })
    .datasource(SOURCE)
    .multi(true)
    .includeAll(true)
    .allValue('.*')

/** JSON of a dashboard as Grafana provisions it. All have the same variables and lead to each other. */
export const board = ({ uid, title, description, panels }: BoardSpec): string => {
  const built = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([TAG])
    .readonly()
    .time({ from: 'now-3h', to: 'now' })
    .refresh('30s')
    .link(
      new DashboardLinkBuilder('Keyflow')
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .keepTime(true)
        .includeVars(true),
    )
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'))
    .withVariable(variable('job', 'Job', 'label_values(keyflow_build_info, job)'))
    .withVariable(variable('instance', 'Instance', 'label_values(keyflow_build_info{job=~"$job"}, instance)'))
    .withVariable(variable('livemode', 'Live mode', 'label_values(keyflow_webhook_requests_total, livemode)'))
  for (const spec of panels) built.withPanel(panel(spec))
  return `${JSON.stringify(built.build(), null, 2)}\n`
}
