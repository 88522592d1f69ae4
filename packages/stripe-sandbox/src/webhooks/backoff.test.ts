import { describe, expect, it } from '@jest/globals'
import { retryDelay } from './backoff.ts'

const policy = { baseMs: 100, capMs: 1_000, attempts: 10 }

describe('retryDelay', () => {
  it('doubles with each failure until the cap', () => {
    const middle = () => 0.5
    expect([1, 2, 3, 4, 5, 40].map((failed) => retryDelay(policy, failed, middle))).toEqual([
      100, 200, 400, 800, 1_000, 1_000,
    ])
  })

  it('stays within a fifth of that, so that retries do not arrive as one wave', () => {
    expect(retryDelay(policy, 1, () => 0)).toBe(80)
    expect(retryDelay(policy, 1, () => 0.999_999)).toBeLessThan(120)
  })
})
