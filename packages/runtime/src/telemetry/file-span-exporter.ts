import { appendFileSync } from 'node:fs'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace'

/** Success of the OpenTelemetry export contract. */
const EXPORT_OK = 0
const EXPORT_FAILED = 1

/** Writes each finished span as one JSON line: for looking at traces without a collector, and for tests. */
export const createFileSpanExporter = (path: string): SpanExporter => ({
  export: (spans, done) => {
    try {
      appendFileSync(path, spans.map((span) => `${JSON.stringify(toLine(span))}\n`).join(''))
      done({ code: EXPORT_OK })
    } catch (error) {
      done({ code: EXPORT_FAILED, error: error as Error })
    }
  },
  shutdown: async () => {},
  forceFlush: async () => {},
})

const toLine = (span: ReadableSpan) => ({
  trace: span.spanContext().traceId,
  span: span.spanContext().spanId,
  parent: span.parentSpanContext?.spanId ?? null,
  service: span.resource.attributes['service.name'] ?? null,
  name: span.name,
  kind: span.kind,
  start: span.startTime[0] * 1000 + span.startTime[1] / 1e6,
  duration_ms: span.duration[0] * 1000 + span.duration[1] / 1e6,
  attributes: span.attributes,
})
