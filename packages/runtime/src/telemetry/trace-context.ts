import type { RecordHeaders } from '@keyflow/contracts'
import {
  type Context,
  context,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'

export { SpanKind }

const tracer = trace.getTracer('keyflow')

/** Whether the work in hand belongs to a trace. Where it does not, spans need not be made that nobody would see. */
export const isTraced = (): boolean => trace.getActiveSpan() !== undefined

/** W3C trace headers of the active context; empty when nobody traces. */
export const injectTrace = (from: Context = context.active()): RecordHeaders => {
  const carrier: Record<string, string> = {}
  propagation.inject(from, carrier)
  return carrier
}

export const extractTrace = (headers: RecordHeaders): Context =>
  propagation.extract(context.active(), headers)

export interface RecordSpan {
  /** Trace headers for whatever this record causes. */
  readonly headers: RecordHeaders
  readonly context: Context
  readonly end: (outcome: string, error?: unknown) => void
}

/** A span for the processing of one record, child of whoever produced it. */
export const startRecordSpan = (
  name: string,
  headers: RecordHeaders,
  attributes: Record<string, string | number>,
): RecordSpan => {
  const parent = extractTrace(headers)
  const span = tracer.startSpan(name, { kind: SpanKind.CONSUMER, attributes }, parent)
  const inside = trace.setSpan(parent, span)
  return {
    headers: injectTrace(inside),
    context: inside,
    end: (outcome, error) => endSpan(span, outcome, error),
  }
}

/** Runs `work` as part of a record's span; without one, as it is. */
export const within = <R>(span: RecordSpan | undefined, work: () => Promise<R>): Promise<R> =>
  span === undefined ? work() : context.with(span.context, work)

/** Runs `work` inside a span of the active (or given) context. */
export const inSpan = async <R>(
  name: string,
  options: {
    readonly kind?: SpanKind
    readonly parent?: Context
    readonly attributes?: Record<string, string | number>
  },
  work: (span: Span) => Promise<R>,
): Promise<R> => {
  const parent = options.parent ?? context.active()
  const span = tracer.startSpan(
    name,
    { kind: options.kind ?? SpanKind.INTERNAL, attributes: options.attributes ?? {} },
    parent,
  )
  try {
    const result = await context.with(trace.setSpan(parent, span), () => work(span))
    span.end()
    return result
  } catch (error) {
    endSpan(span, 'error', error)
    throw error
  }
}

const endSpan = (span: Span, outcome: string, error?: unknown): void => {
  span.setAttribute('keyflow.outcome', outcome)
  if (error !== undefined) {
    const name = error instanceof Error ? error.name : 'unknown'
    span.setStatus({ code: SpanStatusCode.ERROR, message: name })
  }
  span.end()
}

/** Trace id of a traceparent header, for log lines. */
export const traceIdOf = (headers: RecordHeaders): string | undefined => headers.traceparent?.split('-')[1]
