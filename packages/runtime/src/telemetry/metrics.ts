import { readFileSync } from 'node:fs'
import {
  Counter,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  type OpenMetricsContentType,
  openMetricsContentType,
  Registry as PromRegistry,
} from 'prom-client'

export type Registry = PromRegistry<OpenMetricsContentType>
export { Counter, Gauge, Histogram }

const VERSION = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version

/**
 * A registry with the process's own metrics. One per service instance, so that tests can run several side by side. It
 * speaks OpenMetrics: the older format has no room for exemplars.
 */
export const createRegistry = (options: { readonly defaults?: boolean } = {}): Registry => {
  const registry = new PromRegistry<OpenMetricsContentType>()
  registry.setContentType(openMetricsContentType)
  if (options.defaults === false) return registry
  collectDefaultMetrics({ register: registry })
  new Gauge({
    name: 'keyflow_build_info',
    help: 'Always 1; its labels say which version runs on which Node.',
    labelNames: ['version', 'node'],
    registers: [registry],
  }).set({ version: VERSION, node: process.version }, 1)
  return registry
}

export const LATENCY_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]
