import { describe, expect, it } from '@jest/globals'
import { rememberedReading } from './remembered-reading.ts'

describe('a reading for gauges', () => {
  it('asks the store once for all who scrape within its time, and again after it', async () => {
    let now = 0
    let asked = 0
    const read = rememberedReading(
      async () => {
        asked += 1
        return asked
      },
      () => now,
      { everyMs: 1000 },
    )
    expect(await Promise.all([read(), read(), read()])).toEqual([1, 1, 1])
    now = 999
    expect(await read()).toBe(1)
    now = 1000
    expect(await read()).toBe(2)
  })

  it('gives the last answer while the store says nothing, and asks it no second time meanwhile', async () => {
    let now = 0
    let asked = 0
    const read = rememberedReading(
      () => {
        asked += 1
        return asked === 1 ? Promise.resolve('first') : new Promise<string>(() => undefined)
      },
      () => now,
      { everyMs: 10, patienceMs: 5 },
    )
    expect(await read()).toBe('first')
    now = 10
    expect(await read()).toBe('first')
    now = 100
    expect(await read()).toBe('first')
    expect(asked).toBe(2)
  })

  it('keeps the last answer when the store fails, and knows nothing before the first', async () => {
    const read = rememberedReading(
      () => Promise.reject(new Error('away')),
      () => 0,
    )
    expect(await read()).toBeNull()
  })
})
