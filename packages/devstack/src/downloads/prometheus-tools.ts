import { cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { setupError } from '../setup-error.ts'
import { debianPrograms } from './debian-programs.ts'
import type { Log } from './progress.ts'
import { runTool } from './run-tool.ts'

export interface PrometheusTools {
  readonly prometheus: string
  readonly promtool: string
  readonly alertmanager: string
  readonly amtool: string
}

const ON_THE_PATH: PrometheusTools = {
  prometheus: 'prometheus',
  promtool: 'promtool',
  alertmanager: 'alertmanager',
  amtool: 'amtool',
}

const areThere = async (tools: PrometheusTools): Promise<boolean> => {
  for (const program of Object.values(tools))
    if ((await runTool(program, ['--version'])).code !== 0) return false
  return true
}

/** Prometheus, Alertmanager and their tools: those on the PATH, else Debian's packages, unpacked into the cache. */
export const prometheusTools = async (log: Log): Promise<PrometheusTools> => {
  if (await areThere(ON_THE_PATH)) return ON_THE_PATH
  const folder = await debianPrograms(
    {
      name: 'prometheus-debian',
      packages: ['prometheus', 'prometheus-alertmanager'],
      proof: 'usr/bin/promtool',
      needsBytes: 400 * 1024 * 1024,
    },
    log,
  )
  const program = (name: string): string => join(folder, 'usr/bin', name)
  return {
    prometheus: program('prometheus'),
    promtool: program('promtool'),
    alertmanager: program('prometheus-alertmanager'),
    amtool: program('amtool'),
  }
}

const TEMPLATES = '/usr/share/prometheus/alertmanager'

/** Debian's Alertmanager reads its templates from one place on the machine, wherever it stands itself. */
const layTemplates = (folder: string): void => {
  if (existsSync(join(TEMPLATES, 'default.tmpl'))) return
  try {
    cpSync(join(folder, TEMPLATES), TEMPLATES, { recursive: true })
  } catch (error) {
    throw setupError(
      `Alertmanager: its templates cannot be put at ${TEMPLATES}. Install it: apt-get install prometheus-alertmanager.`,
      error,
    )
  }
}

/** The same, with an Alertmanager that can be started and not only asked. */
export const runnablePrometheus = async (log: Log): Promise<PrometheusTools> => {
  const tools = await prometheusTools(log)
  if (tools !== ON_THE_PATH) layTemplates(join(tools.alertmanager, '../../..'))
  return tools
}
