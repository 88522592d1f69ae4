import { FastifyOtelInstrumentation } from '@fastify/otel'
import { getNodeAutoInstrumentations } from '@opentelemetry/auto-instrumentations-node'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { SimpleSpanProcessor } from '@opentelemetry/sdk-trace'
import { createFileSpanExporter } from './file-span-exporter.ts'
import { hideAddress } from './hide-address.ts'

/**
 * Traces by OpenTelemetry; metrics stay with prom-client. The instrumentation of kafkajs is left off: it costs 45 to
 * 60 us a record and does not parent MongoDB spans to the event; our Kafka adapter carries the context itself.
 */
export const startTelemetry = (env: Readonly<Record<string, string | undefined>>): void => {
  const file = env.KEYFLOW_TRACE_FILE
  const sdk = new NodeSDK({
    instrumentations: [
      getNodeAutoInstrumentations({
        '@opentelemetry/instrumentation-http': { requestHook: hideAddress },
        '@opentelemetry/instrumentation-undici': { requestHook: hideAddress },
        '@opentelemetry/instrumentation-kafkajs': { enabled: false },
        '@opentelemetry/instrumentation-fs': { enabled: false },
        '@opentelemetry/instrumentation-dns': { enabled: false },
        '@opentelemetry/instrumentation-net': { enabled: false },
        '@opentelemetry/instrumentation-pino': { enabled: false },
        '@opentelemetry/instrumentation-runtime-node': { enabled: false },
      }),
      // The auto-instrumentations left Fastify to Fastify's own. It takes every server of the process; a span for
      // the request and its route is enough, one for each hook would bury them.
      new FastifyOtelInstrumentation({
        registerOnInitialization: true,
        instrumentHooks: false,
        requestHook: hideAddress,
      }),
    ],
    ...(file === undefined
      ? {}
      : {
          spanProcessors: [new SimpleSpanProcessor({ exporter: createFileSpanExporter(file) })],
          metricReaders: [],
        }),
  })
  sdk.start()
  process.once('beforeExit', () => void sdk.shutdown())
}
