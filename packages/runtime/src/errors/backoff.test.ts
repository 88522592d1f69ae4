import { describe, expect, it } from '@jest/globals'
import { atMost, backoffMs, delay } from './backoff.ts'

describe('backoff', () => {
  it('doubles from the base, never above the cap, and takes at most half of it away at random', () => {
    const limits = { base: 100, max: 1000 }
    for (const [attempt, full] of [
      [0, 100],
      [1, 200],
      [2, 400],
      [3, 800],
      [4, 1000],
      [500, 1000],
    ] as const)
      for (let again = 0; again < 50; again += 1) {
        const wait = backoffMs(attempt, limits)
        expect(wait).toBeGreaterThanOrEqual(full / 2)
        expect(wait).toBeLessThanOrEqual(full)
      }
  })

  it('differs from try to try, so that replicas do not come back in step', () => {
    const waits = new Set(Array.from({ length: 20 }, () => backoffMs(3, { base: 100, max: 1000 })))
    expect(waits.size).toBeGreaterThan(1)
  })
})

describe('delay', () => {
  it('lasts as long as it is told', async () => {
    const started = performance.now()
    await delay(30)
    expect(performance.now() - started).toBeGreaterThanOrEqual(25)
  })

  it('ends at once when its signal aborts, before or during', async () => {
    const stopping = new AbortController()
    const started = performance.now()
    const waiting = delay(60_000, stopping.signal)
    stopping.abort()
    await waiting
    await delay(60_000, stopping.signal)
    expect(performance.now() - started).toBeLessThan(1000)
  })

  it('leaves no listener behind on a signal that lives as long as the process', async () => {
    const added: unknown[] = []
    const removed: unknown[] = []
    const { signal } = new AbortController()
    const watched = new Proxy(signal, {
      get: (target, name) => {
        if (name === 'addEventListener') return (_: string, listener: unknown) => added.push(listener)
        if (name === 'removeEventListener') return (_: string, listener: unknown) => removed.push(listener)
        return Reflect.get(target, name, target)
      },
    })
    await delay(1, watched)
    expect(added).toHaveLength(1)
    expect(removed).toEqual(added)
  })
})

describe('atMost', () => {
  it('ends with the work, or at the limit, whichever is first, and tells of its failure', async () => {
    const started = performance.now()
    await atMost(60_000, Promise.resolve())
    await atMost(20, new Promise(() => {}))
    await expect(atMost(60_000, Promise.reject(new Error('broke')))).rejects.toThrow('broke')
    expect(performance.now() - started).toBeLessThan(2000)
  })
})
