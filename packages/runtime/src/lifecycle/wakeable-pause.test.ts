import { describe, expect, it } from '@jest/globals'
import { createWakeablePause } from './wakeable-pause.ts'

const LONG = 60_000
const elapsed = async (work: () => Promise<void>): Promise<number> => {
  const started = performance.now()
  await work()
  return performance.now() - started
}

describe('the pause of a worker', () => {
  it('ends when there is news', async () => {
    const pause = createWakeablePause(new AbortController().signal)
    const rest = pause.begin()
    setImmediate(pause.wake)
    expect(await elapsed(() => rest(LONG))).toBeLessThan(5000)
  })

  it('is none when the news came while the worker looked', async () => {
    const pause = createWakeablePause(new AbortController().signal)
    const rest = pause.begin()
    pause.wake()
    expect(await elapsed(() => rest(LONG))).toBeLessThan(5000)
  })

  it('is not shortened by news from before the look', async () => {
    const pause = createWakeablePause(new AbortController().signal)
    pause.wake()
    const rest = pause.begin()
    expect(await elapsed(() => rest(30))).toBeGreaterThanOrEqual(25)
  })

  it('ends when the worker stops', async () => {
    const stopping = new AbortController()
    const rest = createWakeablePause(stopping.signal).begin()
    setImmediate(() => stopping.abort())
    expect(await elapsed(() => rest(LONG))).toBeLessThan(5000)
  })
})
