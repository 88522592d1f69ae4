import { type DeclaredMetric, declaredMetrics, METERED_SERVICES, OPEN_LABELS } from './declared-metrics.ts'

/** More values than this are listed once, under the table. */
const FEW = 14

const HEAD = `# Metrics

Generated from the declarations (\`npm run docs:metrics\`). Every service shows them on its ops port at \`/metrics\`, in OpenMetrics; a test
scrapes the running services and compares. Beside these there are the \`process_*\` and \`nodejs_*\` metrics of every Node process.

Closed label sets are initialized to 0, so that the first occurrence of anything is an increase. No label holds an id, an address or a
key. Gauges that read a database do so at most every few seconds, over an index, and answer with the last value while it is away.
`

const labelCell = ({ name, labels }: DeclaredMetric): string =>
  Object.entries(labels)
    .map(([label, values]) => {
      if (values === null) return `\`${label}\``
      if (values.length > FEW) return `\`${label}\`: [see below](#${anchor(name, label)})`
      return `\`${label}\`: ${values.map((value) => `\`${value}\``).join(' ')}`
    })
    .join('; ')

const title = (name: string, label: string): string => `${label} of ${name}`
const anchor = (name: string, label: string): string => title(name, label).replaceAll(' ', '-')

const servicesCell = ({ services }: DeclaredMetric): string =>
  services.length === METERED_SERVICES.length ? 'all' : services.join(', ')

const row = (metric: DeclaredMetric): string =>
  `| \`${metric.name}\` | ${metric.type} | ${servicesCell(metric)} | ${labelCell(metric)} | ${metric.help.replaceAll('|', '\\|')} |`

const longSets = (metrics: readonly DeclaredMetric[]): readonly string[] =>
  metrics.flatMap(({ name, labels }) =>
    Object.entries(labels).flatMap(([label, values]) =>
      values === null || values.length <= FEW
        ? []
        : [`### ${title(name, label)}\n\n${values.map((value) => `\`${value}\``).join(' ')}\n`],
    ),
  )

/** What docs/metrics.md must contain. */
export const metricsDocs = async (): Promise<string> => {
  const metrics = await declaredMetrics()
  const open = Object.entries(OPEN_LABELS).map(([label, text]) => `- \`${label}\`: ${text}`)
  return [
    HEAD,
    '| metric | type | services | labels | what |',
    '|---|---|---|---|---|',
    ...metrics.map(row),
    '',
    '## Labels that are not closed sets',
    '',
    ...open,
    '',
    '## Long label sets',
    '',
    ...longSets(metrics),
  ].join('\n')
}
