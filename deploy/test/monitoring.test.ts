import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { dashboardFiles } from '../observability/dashboards/all-dashboards.ts'
import { allProblems } from './checks/all-problems.ts'
import { render } from './rendered.ts'
import { SERVICES } from './workloads.ts'

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')
const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  readonly services: Readonly<
    Record<string, { readonly volumes?: readonly string[]; readonly environment?: Record<string, string> }>
  >
}

describe('monitoring in docker-compose.yml', () => {
  const prometheus = parse(read('deploy/observability/prometheus/prometheus.yml')) as {
    readonly rule_files: readonly string[]
    readonly alerting: {
      readonly alertmanagers: readonly { readonly static_configs: readonly { targets: string[] }[] }[]
    }
    readonly scrape_configs: readonly {
      readonly job_name: string
      readonly static_configs: readonly { readonly targets: readonly string[] }[]
    }[]
  }

  it('scrapes the ops port of every service, under the name that rules and dashboards know', () => {
    const jobs = prometheus.scrape_configs.map(({ job_name: job, static_configs: configs }) => [
      job,
      configs.flatMap(({ targets }) => targets),
    ])
    const ops = (service: string): string =>
      /127\.0\.0\.1:(\d+)\/readyz/.exec(JSON.stringify(compose.services[service]))?.[1] ?? ''
    expect(jobs).toEqual(SERVICES.map((service) => [`keyflow-${service}`, [`${service}:${ops(service)}`]]))
  })

  it('reads rules and sends alerts to where compose puts them', () => {
    for (const file of prometheus.rule_files) {
      const name = file.replace('/etc/prometheus/', '')
      expect(existsSync(new URL(`deploy/observability/prometheus/${name}`, root))).toBe(true)
    }
    const [target = ''] = prometheus.alerting.alertmanagers.flatMap(({ static_configs: configs }) =>
      configs.flatMap(({ targets }) => targets),
    )
    expect(Object.keys(compose.services)).toContain(target.split(':')[0])
  })

  it('gives every service a place for its traces, and a name in them', () => {
    for (const service of SERVICES)
      expect(compose.services[service]?.environment).toMatchObject({
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://traces:4318',
        OTEL_SERVICE_NAME: `keyflow-${service}`,
      })
    expect(Object.keys(compose.services)).toContain('traces')
  })

  it('provisions Grafana with data sources that compose runs, and with the dashboards', () => {
    const { datasources } = parse(
      read('deploy/observability/grafana/provisioning/datasources/keyflow.yml'),
    ) as {
      readonly datasources: readonly { readonly uid: string; readonly url: string }[]
    }
    for (const { url } of datasources) expect(Object.keys(compose.services)).toContain(new URL(url).hostname)
    const mounts = compose.services.grafana?.volumes?.join(' ') ?? ''
    expect(mounts).toContain('./deploy/observability/grafana/dashboards:/var/lib/grafana/dashboards:ro')
    expect(mounts).toContain('./deploy/observability/grafana/provisioning:/etc/grafana/provisioning:ro')
  })
})

describe('the component monitoring of deploy/k8s', () => {
  const objects = render('../test/with-monitoring')

  it('has no problem in the production overlay', () => {
    if (objects !== undefined) expect(allProblems(objects, { secretsAreHere: false })).toEqual([])
  })

  it('scrapes the metrics of all five services through a port that their Services have', () => {
    if (objects === undefined) return
    const monitor = objects.find(({ kind }) => kind === 'ServiceMonitor')
    const [endpoint] = monitor?.spec.endpoints ?? []
    const wanted = Object.entries(monitor?.spec.selector.matchLabels ?? {})
    const services = objects.filter(
      ({ kind, metadata }) =>
        kind === 'Service' && wanted.every(([key, value]) => metadata.labels?.[key] === value),
    )
    expect(services.map(({ metadata }) => metadata.labels?.['app.kubernetes.io/name']).sort()).toEqual(
      [...SERVICES].sort(),
    )
    for (const { spec } of services)
      expect(spec.ports.map(({ name }: { name: string }) => name)).toContain(endpoint.port)
    expect(read('packages/runtime/src/http/ops-server.ts')).toContain(`'${endpoint.path}'`)
  })

  it('hands all dashboards to Grafana', () => {
    const map = objects?.find(({ metadata }) => metadata.name === 'keyflow-dashboards')
    if (map !== undefined)
      expect(Object.keys(map.data).sort()).toEqual(
        Object.keys(dashboardFiles())
          .map((name) => `${name}.json`)
          .sort(),
      )
  })
})
