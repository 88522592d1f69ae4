import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSupervisor, pickFreePort, runnablePrometheus, waitUntil } from '@keyflow/devstack'
import { stringify } from 'yaml'
import { ruleFile } from '../../deploy/observability/rules/rule-file.ts'
import { startAlertReceiver } from './alert-receiver.ts'
import { DRILL_FACTOR, DRILL_PACE } from './drill-pace.ts'

const ALERTMANAGER = new URL('../../deploy/observability/alertmanager/alertmanager.yml', import.meta.url)

/** The routes of production, waiting as much less as everything else does, and leading to our receiver. */
const alertmanagerConfig = (receiver: string): string =>
  readFileSync(ALERTMANAGER, 'utf8')
    .replaceAll('alert-gateway:9080', receiver)
    .replace(/(group_wait|group_interval|repeat_interval): (\d+)(s|m|h|d)/g, (_all, key, count, unit) => {
      const seconds = Number(count) * { s: 1, m: 60, h: 3600, d: 86_400 }[unit as 's' | 'm' | 'h' | 'd']
      return `${key}: ${Math.max(100, Math.round((seconds * 1000) / DRILL_FACTOR))}ms`
    })

const prometheusConfig = (alertmanagerPort: number, targets: Readonly<Record<string, number>>): string =>
  stringify({
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: ['keyflow.rules.yml'],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${alertmanagerPort}`] }] }] },
    scrape_configs: Object.entries(targets).map(([service, port]) => ({
      job_name: `keyflow-${service}`,
      static_configs: [{ targets: [`127.0.0.1:${port}`] }],
    })),
  })

export interface Sample {
  readonly metric: Readonly<Record<string, string>>
  readonly values: readonly (readonly [number, string])[]
}

/** A real Prometheus with the production rules at the drill's pace, and a real Alertmanager with the production routes. */
export const startMonitoring = async (
  targets: Readonly<Record<string, number>>,
  log: (line: string) => void,
) => {
  const tools = await runnablePrometheus(log)
  const folder = mkdtempSync(join(tmpdir(), 'keyflow-drill-'))
  const supervisor = createSupervisor()
  supervisor.removeAtEnd(folder)
  const receiver = await startAlertReceiver()
  const [prometheusPort, alertmanagerPort] = [await pickFreePort(), await pickFreePort()]
  const pathOf = (name: string): string => join(folder, name)
  writeFileSync(pathOf('alertmanager.yml'), alertmanagerConfig(receiver.address))
  writeFileSync(pathOf('prometheus.yml'), prometheusConfig(alertmanagerPort, targets))
  writeFileSync(
    pathOf('keyflow.rules.yml'),
    ruleFile({ pace: DRILL_PACE, interval: '1s', runbooks: 'docs/runbooks' }),
  )
  await supervisor.start({
    name: 'alertmanager',
    command: tools.alertmanager,
    args: [
      `--config.file=${pathOf('alertmanager.yml')}`,
      `--storage.path=${pathOf('alertmanager')}`,
      `--web.listen-address=127.0.0.1:${alertmanagerPort}`,
      '--cluster.listen-address=',
    ],
    cwd: folder,
    logFile: pathOf('alertmanager.log'),
  })
  await supervisor.start({
    name: 'prometheus',
    command: tools.prometheus,
    args: [
      `--config.file=${pathOf('prometheus.yml')}`,
      `--storage.tsdb.path=${pathOf('prometheus')}`,
      `--web.listen-address=127.0.0.1:${prometheusPort}`,
      '--enable-feature=exemplar-storage',
      '--query.lookback-delta=5s',
    ],
    cwd: folder,
    logFile: pathOf('prometheus.log'),
  })
  const url = `http://127.0.0.1:${prometheusPort}`
  const ready = async (address: string): Promise<boolean> => (await fetch(`${address}/-/ready`)).ok
  await waitUntil(() => ready(url), { what: 'Prometheus to be ready', deadlineMs: 30_000 })
  await waitUntil(() => ready(`http://127.0.0.1:${alertmanagerPort}`), {
    what: 'Alertmanager to be ready',
    deadlineMs: 30_000,
  })

  const ask = async <T>(path: string, query: Readonly<Record<string, string>>): Promise<T> => {
    const answer = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(query)}`)
    const { status, data, error } = (await answer.json()) as { status: string; data: T; error?: string }
    if (status !== 'success') throw new Error(error ?? `${path} failed`)
    return data
  }
  return {
    notices: receiver.notices,
    /** Names of the alerts that fire now. */
    firing: async (): Promise<readonly string[]> => {
      const { alerts } = await ask<{
        readonly alerts: readonly {
          readonly state: string
          readonly labels: Readonly<Record<string, string>>
        }[]
      }>('alerts', {})
      return alerts.flatMap(({ state, labels }) => (state === 'firing' ? [labels.alertname ?? ''] : []))
    },
    /** Throws what Prometheus says is wrong with the query. */
    queryRange: async (query: string, seconds: number, step: number): Promise<readonly Sample[]> => {
      const end = Date.now() / 1000
      const range = { query, start: String(end - seconds), end: String(end), step: String(step) }
      return (await ask<{ readonly result: readonly Sample[] }>('query_range', range)).result
    },
    stop: async (): Promise<void> => {
      await supervisor.close()
      await receiver.stop()
    },
  }
}
export type Monitoring = Awaited<ReturnType<typeof startMonitoring>>
