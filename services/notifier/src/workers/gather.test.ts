import { describe, expect, it } from '@jest/globals'
import { createGather } from './gather.ts'

describe('what is asked for at the same moment', () => {
  it('is done together, and each gets its own answer', async () => {
    const runs: (readonly number[])[] = []
    const double = createGather(async (items: readonly number[]) => {
      runs.push(items)
      return items.map((item) => item * 2)
    }, 3)
    expect(await Promise.all([1, 2, 3, 4].map(double))).toEqual([2, 4, 6, 8])
    expect(runs).toEqual([[1, 2, 3], [4]])
    expect(await double(5)).toBe(10)
  })

  it('gathers while a run is under way, of which there is one at a time', async () => {
    let running = 0
    const sizes: number[] = []
    const slow = createGather(async (items: readonly number[]) => {
      running += 1
      expect(running).toBe(1)
      await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
      running -= 1
      sizes.push(items.length)
      return items
    }, 100)
    const first = slow(0)
    await new Promise((resolve) => setImmediate(resolve))
    await Promise.all([first, ...[1, 2, 3].map(slow)])
    expect(sizes).toEqual([1, 3])
  })

  it('fails for the one that is to blame alone', async () => {
    const picky = createGather(async (items: readonly number[]) => {
      if (items.includes(2)) throw new Error('not two')
      return items
    }, 10)
    const outcomes = await Promise.allSettled([1, 2, 3].map(picky))
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })
})
