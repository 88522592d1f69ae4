import { createBacklogMetrics, createBatchMetrics, createRegistry, type Registry } from '@keyflow/runtime'
import { createDunningMetrics } from '../services/dunning/src/dunning-metrics.ts'
import { createIngestMetrics } from '../services/ingest/src/adapters/ingest-metrics.ts'
import { createLicensingMetrics } from '../services/licensing/src/licensing-metrics.ts'
import { createReconcileMetrics } from '../services/licensing/src/reconcile-metrics.ts'
import { createReviewMetrics } from '../services/licensing/src/review-metrics.ts'
import { createMailMetrics } from '../services/notifier/src/mail-metrics.ts'
import { createOutboundMetrics } from '../services/outbound/src/outbound-metrics.ts'

export interface DeclaredMetric {
  readonly name: string
  readonly type: string
  readonly help: string
  readonly services: readonly string[]
  /** Label -> its values; null = not a closed set. */
  readonly labels: Readonly<Record<string, readonly string[] | null>>
}

/** Labels whose values configuration or the world decide; each is bounded by what its text says. */
export const OPEN_LABELS: Readonly<Record<string, string>> = {
  api_version: 'as events name it, the first twenty; then `other`',
  currency: 'ISO 4217 in lower case, as charged',
  endpoint: 'name of a declared webhook endpoint',
  node: 'version of Node',
  partition: 'number of the partition',
  policy: 'id of a dunning policy',
  relay: 'name of a configured relay',
  service: 'the service that reports',
  topic: 'topic that the service reads, without prefix',
  version: 'version of Keyflow',
}

const nothing = async (): Promise<null> => null

const consumer =
  (service: string, own: (registry: Registry) => unknown) =>
  (registry: Registry): void => {
    createBatchMetrics(registry, service)
    createBacklogMetrics(registry, service, '', { lags: () => [], oldestSeconds: () => 0, stored: nothing })
    own(registry)
  }

/** Fills a registry with what a service declares. That running services expose just this is a test of its own. */
const DECLARE: Readonly<Record<string, (registry: Registry) => unknown>> = {
  ingest: (registry) => createIngestMetrics(registry, ['default'], { requests: () => 0, bytes: () => 0 }),
  licensing: consumer('licensing', (registry) => {
    createLicensingMetrics(registry)
    createReconcileMetrics(registry)
    createReviewMetrics(registry, nothing)
  }),
  dunning: consumer('dunning', (registry) => createDunningMetrics(registry, () => new Date(0), nothing)),
  notifier: consumer('notifier', (registry) => createMailMetrics(registry, nothing)),
  outbound: consumer('outbound', (registry) =>
    createOutboundMetrics(registry, { queue: nothing, endpoints: nothing }),
  ),
}

export const METERED_SERVICES = Object.keys(DECLARE)

interface Described {
  readonly name: string
  readonly type: unknown
  readonly help: string
  readonly labelNames?: readonly string[]
}

const describe = async (service: string): Promise<readonly DeclaredMetric[]> => {
  const registry = createRegistry()
  DECLARE[service]?.(registry)
  const values = new Map((await registry.getMetricsAsJSON()).map((metric) => [metric.name, metric]))
  const metrics = registry.getMetricsAsArray() as unknown as readonly Described[]
  return metrics
    .filter(({ name }) => name.startsWith('keyflow_'))
    .map(({ name, help, labelNames = [] }) => {
      const found = values.get(name)
      const labels = labelNames.map((label) => {
        const known = (found?.values ?? []).flatMap(({ labels: set }) => {
          const value = (set as Readonly<Record<string, unknown>>)[label]
          return value === undefined ? [] : [String(value)]
        })
        return [label, label in OPEN_LABELS ? null : [...new Set(known)]] as const
      })
      return {
        name,
        type: String(found?.type),
        help,
        services: [service],
        labels: Object.fromEntries(labels),
      }
    })
}

/** Every metric of Keyflow, by name. Throws where a closed label has no value, or two services mean different things by a name. */
export const declaredMetrics = async (): Promise<readonly DeclaredMetric[]> => {
  const merged = new Map<string, DeclaredMetric>()
  for (const service of METERED_SERVICES)
    for (const metric of await describe(service)) {
      for (const [label, values] of Object.entries(metric.labels))
        if (values?.length === 0) throw new Error(`${metric.name}: label ${label} is not initialized`)
      const known = merged.get(metric.name)
      if (known === undefined) merged.set(metric.name, metric)
      else if (known.type !== metric.type || known.help !== metric.help)
        throw new Error(`${metric.name} means something else in ${service}`)
      else merged.set(metric.name, { ...known, services: [...known.services, service] })
    }
  return [...merged.values()].sort((a, b) => a.name.localeCompare(b.name))
}
