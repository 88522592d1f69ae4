import { describe, expect, it } from '@jest/globals'
import { observeTraced } from './exemplar.ts'
import { createRegistry, Histogram } from './metrics.ts'

const trace = '0af7651916cd43dd8448eb211c80319c'

const scrape = async (flags: string): Promise<string> => {
  const registry = createRegistry({ defaults: false })
  const histogram = new Histogram({
    name: 'took_seconds',
    help: 'How long.',
    labelNames: ['service'],
    buckets: [1, 5],
    enableExemplars: true,
    registers: [registry],
  })
  observeTraced(histogram, { service: 'a' }, 3, { traceparent: `00-${trace}-b7ad6b7169203331-${flags}` })
  return registry.metrics()
}

describe('an exemplar', () => {
  it('leads from the bucket of a slow one to its trace', async () => {
    expect(await scrape('01')).toMatch(
      new RegExp(`took_seconds_bucket\\{le="5",service="a"\\} 1 # \\{trace_id="${trace}"\\} 3`),
    )
  })

  it('is left out where the trace is not kept', async () => {
    const text = await scrape('00')
    expect(text).toContain('took_seconds_count{service="a"} 1')
    expect(text).not.toContain(trace)
  })
})
