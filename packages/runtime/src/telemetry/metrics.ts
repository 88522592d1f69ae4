import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export type { Registry }
export { Counter, Gauge, Histogram }

/** A registry with the process's own metrics. One per service instance, so that tests can run several side by side. */
export const createRegistry = (options: { readonly defaults?: boolean } = {}): Registry => {
  const registry = new Registry()
  if (options.defaults !== false) collectDefaultMetrics({ register: registry })
  return registry
}

export const LATENCY_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]
