import { describe, expect, it } from '@jest/globals'
import { createLogger } from '@keyflow/runtime'
import type { UsageIncrement } from '../adapters/mongo-usage.ts'
import { nextMonth, startCountingUsage, type UsageStore } from './count-usage.ts'

const logger = createLogger({ service: 'test', level: 'silent' })
const NOVEMBER = new Date('2026-11-24T12:00:00Z')

/** What several processes would write to. */
const createMemoryStore = () => {
  const sums = new Map<string, number>()
  const store: UsageStore = {
    add: async (increments: readonly UsageIncrement[]) => {
      for (const { licenseId, month, validations } of increments)
        sums.set(`${licenseId} ${month}`, (sums.get(`${licenseId} ${month}`) ?? 0) + validations)
    },
    read: async (ids, month) =>
      new Map(
        ids.flatMap((id) => (sums.has(`${id} ${month}`) ? [[id, sums.get(`${id} ${month}`) ?? 0]] : [])),
      ),
  }
  return { store, sums }
}
const start = (store: UsageStore, dropped: number[] = [], everyMs = 60_000) =>
  startCountingUsage({ store, logger, everyMs, onDropped: (count) => dropped.push(count) })

describe('usage', () => {
  it('is written in sums, by month, and nothing is left when the process stops', async () => {
    const { store, sums } = createMemoryStore()
    const usage = start(store)
    for (let i = 0; i < 2500; i += 1) usage.count(`license ${i % 1250}`, NOVEMBER)
    usage.count('license 0', new Date('2026-12-01T00:00:00Z'))
    await usage.stop()
    expect(sums.get('license 7 2026-11')).toBe(2)
    expect(sums.get('license 0 2026-12')).toBe(1)
    expect([...sums.values()].reduce((a, b) => a + b)).toBe(2501)
  })

  it('tells a quota at once what this process counted, and soon what others did', async () => {
    const { store } = createMemoryStore()
    const [one, other] = [start(store, [], 10), start(store, [], 10)]
    one.count('l', NOVEMBER)
    expect(await one.used('l', NOVEMBER)).toBe(1)
    one.count('l', NOVEMBER)
    expect(await one.used('l', NOVEMBER)).toBe(2)
    for (let i = 0; i < 3; i += 1) other.count('l', NOVEMBER)
    await other.stop()
    const deadline = performance.now() + 2000
    while ((await one.used('l', NOVEMBER)) !== 5 && performance.now() < deadline)
      await new Promise((resolve) => setImmediate(resolve))
    expect(await one.used('l', NOVEMBER)).toBe(5)
    await one.stop()
  })

  it('neither fails a validation nor counts twice when the database is away', async () => {
    const dropped: number[] = []
    const down = async () => {
      throw new Error('away')
    }
    const usage = start({ add: down, read: down }, dropped)
    usage.count('l', NOVEMBER)
    usage.count('l', NOVEMBER)
    expect(await usage.used('l', NOVEMBER)).toBe(2)
    await usage.stop()
    expect(dropped).toEqual([2])
  })

  it('begins anew with the month', () => {
    expect(nextMonth(new Date('2026-12-31T23:59:59Z')).toISOString()).toBe('2027-01-01T00:00:00.000Z')
  })
})
