import type { RecordHeaders } from '@keyflow/contracts'
import type { Histogram } from 'prom-client'

const SAMPLED = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]([13579bdf])$/

/** Trace id of a traceparent whose trace is kept: an exemplar that leads nowhere helps nobody. */
export const sampledTraceId = (headers: RecordHeaders): string | undefined =>
  SAMPLED.exec(headers.traceparent ?? '')?.[1]

/** Observes, and leaves the trace behind it in the bucket; the histogram must have been made with exemplars on. */
export const observeTraced = (
  histogram: Histogram,
  labels: Readonly<Record<string, string>>,
  value: number,
  trace: RecordHeaders | undefined,
): void => {
  const traceId = sampledTraceId(trace ?? {})
  histogram.observe({
    labels,
    value,
    ...(traceId === undefined ? {} : { exemplarLabels: { trace_id: traceId } }),
  })
}
