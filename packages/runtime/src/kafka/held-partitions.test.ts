import { afterEach, describe, expect, it, jest } from '@jest/globals'
import type { EachBatchPayload } from 'kafkajs'
import { createLogger } from '../telemetry/logger.ts'
import { createHeldPartitions } from './held-partitions.ts'

/** A partition as kafkajs hands it over, and what was asked of it. */
const createPartition = (partition: number) => {
  const asked: string[] = []
  const pause = () => {
    asked.push('pause')
    return () => void asked.push('resume')
  }
  const batch = { topic: 't', partition }
  return { asked, batch, payload: { batch, pause } as unknown as EachBatchPayload }
}

const create = () => {
  const reported: string[] = []
  const held = createHeldPartitions({
    logger: createLogger({ service: 'test', level: 'silent' }),
    onPaused: (topic, partition, paused) =>
      void reported.push(`${topic}/${partition} ${paused ? 'held' : 'free'}`),
  })
  return { held, reported }
}

const away = new Error('away')

describe('held partitions', () => {
  afterEach(() => {
    jest.useRealTimers()
  })

  /** How long a partition is held, in steps of 5 ms. */
  const heldFor = (partition: ReturnType<typeof createPartition>): number => {
    for (let ms = 0; ms <= 10_000; ms += 5) {
      if (partition.asked.at(-1) === 'resume') return ms
      jest.advanceTimersByTime(5)
    }
    throw new Error('held for ever')
  }

  it('are paused at once, let go after a while, and reported on both occasions', () => {
    jest.useFakeTimers()
    const { held, reported } = create()
    const partition = createPartition(3)
    held.hold(partition.payload, away)
    expect([partition.asked, reported]).toEqual([['pause'], ['t/3 held']])
    heldFor(partition)
    expect([partition.asked, reported]).toEqual([
      ['pause', 'resume'],
      ['t/3 held', 't/3 free'],
    ])
  })

  it('wait twice as long after each failure, 5 s at most, and short again after a success', () => {
    jest.useFakeTimers()
    const { held } = create()
    const partition = createPartition(0)
    const waits = Array.from({ length: 12 }, () => {
      held.hold(partition.payload, away)
      return heldFor(partition)
    })
    for (const [at, most] of [250, 500, 1000, 2000, 4000, 5000, 5000].entries()) {
      expect(waits[at]).toBeGreaterThanOrEqual(most / 2)
      expect(waits[at]).toBeLessThanOrEqual(most + 5)
    }
    expect(Math.max(...waits)).toBeLessThanOrEqual(5005)
    held.succeeded(partition.batch)
    held.hold(partition.payload, away)
    expect(heldFor(partition)).toBeLessThanOrEqual(255)
  })

  it('do not count the failures of their neighbors', () => {
    jest.useFakeTimers()
    const { held } = create()
    const [left, right] = [createPartition(0), createPartition(1)]
    for (let failure = 0; failure < 6; failure += 1) {
      held.hold(left.payload, away)
      heldFor(left)
    }
    held.hold(right.payload, away)
    expect(heldFor(right)).toBeLessThanOrEqual(255)
  })

  it('are reported as free, but not read again, once the consumer stops', () => {
    jest.useFakeTimers()
    const { held, reported } = create()
    const partition = createPartition(0)
    held.hold(partition.payload, away)
    held.stop()
    expect(reported).toEqual(['t/0 held', 't/0 free'])
    jest.advanceTimersByTime(60_000)
    expect(partition.asked).toEqual(['pause'])
    expect(jest.getTimerCount()).toBe(0)
  })
})
