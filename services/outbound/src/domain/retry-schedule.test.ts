import { describe, expect, it } from '@jest/globals'
import { nextWaitMs, RETRY_WINDOW_MS } from './retry-schedule.ts'

/** All waits of a delivery that never succeeds. */
const waits = (random: number, retryAfterMs: number | null = null): number[] => {
  const all: number[] = []
  for (let elapsedMs = 0, attempts = 1; attempts < 100; attempts += 1) {
    const wait = nextWaitMs({ attempts, elapsedMs, retryAfterMs, random })
    if (wait === null) break
    all.push(wait)
    elapsedMs += wait
  }
  return all
}
const sum = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0)

describe('the schedule of attempts', () => {
  it('begins within seconds, backs off and ends within three days, having used most of them', () => {
    for (const random of [0, 0.5, 1]) {
      const all = waits(random)
      expect(all[0]).toBeLessThanOrEqual(6000)
      expect(all).toEqual([...all].sort((a, b) => a - b))
      expect(sum(all)).toBeLessThanOrEqual(RETRY_WINDOW_MS)
      expect(sum(all)).toBeGreaterThan(RETRY_WINDOW_MS * 0.75)
      expect(all.length).toBeGreaterThanOrEqual(12)
    }
  })

  it('spreads what failed together', () => {
    expect(waits(1)[3]).toBeGreaterThan((waits(0)[3] ?? 0) * 1.4)
  })

  it('waits as long as the receiver asks, but no longer than half a day', () => {
    expect(nextWaitMs({ attempts: 1, elapsedMs: 0, retryAfterMs: 60_000, random: 0.5 })).toBe(60_000)
    expect(nextWaitMs({ attempts: 1, elapsedMs: 0, retryAfterMs: 1e9, random: 0.5 })).toBe(12 * 3_600_000)
    expect(nextWaitMs({ attempts: 9, elapsedMs: 0, retryAfterMs: 1, random: 0.5 })).toBe(8 * 3_600_000)
  })
})
