/**
 * Loaded with `node --import` before anything else. In ESM the hook must be registered before the SDK is loaded, or
 * mongodb and the HTTP stack stay uninstrumented. Does nothing unless an exporter is configured:
 * OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_EXPORTER, or KEYFLOW_TRACE_FILE (spans as JSON lines).
 */
import { register } from 'node:module'

const env = process.env
const wanted =
  env.KEYFLOW_TRACE_FILE !== undefined ||
  env.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined ||
  env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT !== undefined ||
  (env.OTEL_TRACES_EXPORTER !== undefined && env.OTEL_TRACES_EXPORTER !== 'none')

if (wanted && env.OTEL_SDK_DISABLED !== 'true') {
  // Only these are looked at: to wrap every module that is loaded makes a service boot three times as slowly.
  const include = ['http', 'https', 'mongodb']
  register('@opentelemetry/instrumentation/hook.mjs', import.meta.url, { data: { include } })
  const { startTelemetry } = await import('./start-telemetry.ts')
  startTelemetry(env)
}
