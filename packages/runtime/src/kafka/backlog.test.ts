import { describe, expect, it } from '@jest/globals'
import { createBacklog } from './backlog.ts'

const at = (next: number, end: number, partition = 0) => ({
  topic: 'stripe.events',
  partition,
  next: BigInt(next),
  end: BigInt(end),
})

describe('the backlog of a group', () => {
  it('is nothing while the group keeps up', () => {
    const backlog = createBacklog()
    backlog.looked([at(7, 7)], 1000)
    expect([backlog.oldestAge(9000), backlog.lags()[0]?.messages]).toEqual([0, 0])
  })

  it('grows old while a consumer is stuck, although records keep coming', () => {
    const backlog = createBacklog()
    backlog.looked([at(5, 6)], 1000)
    backlog.looked([at(5, 9)], 6000)
    expect([backlog.oldestAge(7000), backlog.lags()[0]?.messages]).toEqual([6000, 4])
  })

  it('is as old as the oldest of what is left when the consumer gets on', () => {
    const backlog = createBacklog()
    backlog.looked([at(5, 6)], 1000)
    backlog.looked([at(5, 9)], 6000)
    backlog.looked([at(6, 9)], 7000)
    expect(backlog.oldestAge(8000)).toBe(2000)
    backlog.looked([at(9, 9)], 9000)
    expect(backlog.oldestAge(9000)).toBe(0)
  })

  it('is that of the worst partition, and takes little room however long it lasts', () => {
    const backlog = createBacklog()
    for (let n = 1; n <= 1000; n += 1) backlog.looked([at(0, n), at(n, n, 1)], n * 1000)
    expect(backlog.oldestAge(1_000_000)).toBe(999_000)
  })
})
