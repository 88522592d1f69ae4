import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { context, propagation, SpanStatusCode, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { injectTrace, inSpan, isTraced, startRecordSpan, traceIdOf, within } from './trace-context.ts'

const UPSTREAM = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c'

describe('trace context through Kafka', () => {
  it('costs nothing and adds no header while nobody traces', async () => {
    expect(isTraced()).toBe(false)
    const span = startRecordSpan('process', {}, {})
    expect(span.headers).toEqual({})
    span.end('applied')
    expect(await inSpan('work', {}, async () => injectTrace())).toEqual({})
  })

  describe('with a tracer', () => {
    const exporter = new InMemorySpanExporter()
    const named = (name: string) => exporter.getFinishedSpans().find((span) => span.name === name)

    beforeAll(() => {
      context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
      propagation.setGlobalPropagator(new W3CTraceContextPropagator())
      trace.setGlobalTracerProvider(
        new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }),
      )
    })
    beforeEach(() => exporter.reset())
    afterAll(() => {
      trace.disable()
      context.disable()
      propagation.disable()
    })

    it("makes a record's span a child of its producer, and hands the trace on to what the record causes", () => {
      const span = startRecordSpan('process', { traceparent: UPSTREAM }, { topic: 't' })
      span.end('applied')
      const finished = named('process')
      expect(finished?.spanContext().traceId).toBe(TRACE_ID)
      expect(finished?.parentSpanContext?.spanId).toBe('b7ad6b7169203331')
      expect(finished?.attributes).toEqual({ topic: 't', 'keyflow.outcome': 'applied' })
      expect(span.headers.traceparent).toBe(`00-${TRACE_ID}-${finished?.spanContext().spanId}-01`)
      expect(traceIdOf(span.headers)).toBe(TRACE_ID)
    })

    it('starts a trace of its own for a record that carries none, or nonsense', () => {
      for (const headers of [{}, { traceparent: 'nonsense' }]) {
        const span = startRecordSpan('process', headers, {})
        span.end('noop')
        expect(traceIdOf(span.headers)).toMatch(/^[0-9a-f]{32}$/)
        expect(traceIdOf(span.headers)).not.toBe(TRACE_ID)
      }
    })

    it("shows work within a record's span under it, across awaits", async () => {
      const span = startRecordSpan('process', { traceparent: UPSTREAM }, {})
      await within(span, async () => {
        await new Promise(setImmediate)
        await inSpan('query', {}, async () => {})
      })
      span.end('applied')
      expect(named('query')?.parentSpanContext?.spanId).toBe(named('process')?.spanContext().spanId)
      expect(isTraced()).toBe(false)
    })

    it('marks a span whose work failed with the name of the error, never with its message', async () => {
      const failing = inSpan('work', {}, async () => {
        throw new TypeError('ada@example.com')
      })
      await expect(failing).rejects.toThrow('ada@')
      startRecordSpan('process', {}, {}).end('failed', new RangeError('ada@example.com'))
      expect(named('work')?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'TypeError' })
      expect(named('process')?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'RangeError' })
      expect(
        JSON.stringify(exporter.getFinishedSpans().map(({ attributes, events }) => [attributes, events])),
      ).not.toContain('ada@')
    })
  })
})
