// Rules, Alertmanager's routes and the dashboards' queries, checked by Prometheus's own tools.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isSetupError, type PrometheusTools, prometheusTools, runTool } from '@keyflow/devstack'
import { parse, stringify } from 'yaml'
import { dashboardFiles } from '../deploy/observability/dashboards/all-dashboards.ts'
import { dashboardQueries } from '../deploy/observability/dashboards/dashboard-queries.ts'

const folder = fileURLToPath(new URL('../deploy/observability/', import.meta.url))
const rulesFile = join(folder, 'prometheus/keyflow.rules.yml')
const alertmanagerFile = join(folder, 'alertmanager/alertmanager.yml')

interface Rule {
  readonly alert?: string
  readonly expr: string
}
interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[]
}

const run = async (what: string, command: string, args: readonly string[]): Promise<boolean> => {
  const { code, output } = await runTool(command, args)
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${what}`)
  if (code !== 0) console.log(output)
  return code === 0
}

/** promtool compares annotations whole: the cases say what fires with which labels, so they run against rules without. */
const withoutAnnotations = ({ groups }: RuleFile): string => {
  const bare = groups.map((group) => ({
    ...group,
    rules: group.rules.map((rule) => ({ ...rule, annotations: undefined })),
  }))
  return stringify({ groups: bare })
}

const testRules = async ({ promtool }: PrometheusTools, scratch: string): Promise<boolean[]> => {
  const rules = parse(readFileSync(rulesFile, 'utf8')) as RuleFile
  writeFileSync(join(scratch, 'rules.yml'), withoutAnnotations(rules))
  // Else ratios may be recorded after they are looked at, and where evaluations are hours apart they are never seen.
  const group_eval_order = rules.groups.map(({ name }) => name)
  const files = readdirSync(join(folder, 'prometheus/tests'))
  const results: boolean[] = []
  for (const file of files) {
    const cases = parse(readFileSync(join(folder, 'prometheus/tests', file), 'utf8'))
    writeFileSync(join(scratch, file), stringify({ rule_files: ['rules.yml'], group_eval_order, ...cases }))
    results.push(await run(`cases of ${file}`, promtool, ['test', 'rules', join(scratch, file)]))
  }
  return results
}

const checkQueries = async ({ promtool }: PrometheusTools, scratch: string): Promise<boolean> => {
  const rules = dashboardQueries(dashboardFiles()).map(({ query }, at) => ({
    record: `panel:query:${at}`,
    expr: query,
  }))
  const file = join(scratch, 'queries.yml')
  writeFileSync(file, stringify({ groups: [{ name: 'dashboards', rules }] }))
  return run(`${rules.length} queries of the dashboards`, promtool, ['check', 'rules', file])
}

/** Alertmanager reads the receivers' URLs from files; here they need not be there. */
const checkRoutes = async ({ amtool }: PrometheusTools): Promise<boolean[]> => {
  const cases = parse(readFileSync(join(folder, 'alertmanager/routes.test.yml'), 'utf8')) as readonly {
    readonly labels: Readonly<Record<string, string>>
    readonly receiver: string
  }[]
  const results = [await run('alertmanager.yml', amtool, ['check-config', alertmanagerFile])]
  for (const { labels, receiver } of cases) {
    const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`)
    const args = [
      'config',
      'routes',
      'test',
      `--config.file=${alertmanagerFile}`,
      `--verify.receivers=${receiver}`,
    ]
    results.push(await run(`${labels.alertname} goes to ${receiver}`, amtool, [...args, ...pairs]))
  }
  return results
}

const check = async (tools: PrometheusTools): Promise<boolean> => {
  const scratch = mkdtempSync(join(tmpdir(), 'keyflow-rules-'))
  try {
    const results = [
      await run('keyflow.rules.yml', tools.promtool, [
        'check',
        'rules',
        '--lint=all',
        '--lint-fatal',
        rulesFile,
      ]),
      ...(await testRules(tools, scratch)),
      await checkQueries(tools, scratch),
      ...(await checkRoutes(tools)),
    ]
    return results.every(Boolean)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

try {
  process.exitCode = (await check(await prometheusTools((line) => console.log(line)))) ? 0 : 1
} catch (error) {
  if (!isSetupError(error)) throw error
  console.log(`Alerts and dashboards are not checked: ${error.message}`)
}
