import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { declaredMetrics } from './declared-metrics.ts'
import { metricsDocs } from './metrics-docs.ts'

describe('the reference of metrics', () => {
  it('says what the services declare (else: npm run docs:metrics)', async () => {
    const written = readFileSync(new URL('../docs/metrics.md', import.meta.url), 'utf8')
    expect(written).toBe(await metricsDocs())
  })

  it('names counters, units and sums as Prometheus does', async () => {
    for (const { name, type, help } of await declaredMetrics()) {
      expect(name).toMatch(/^keyflow_[a-z0-9_]+$/)
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter'])
      expect([name, help.endsWith('.')]).toEqual([name, true])
      expect(name).not.toMatch(/_(ms|milliseconds|minutes|percent)(_|$)/)
    }
  })
})
