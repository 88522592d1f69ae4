import { describe, expect, it } from '@jest/globals'
import { createRecordsInHand } from './records-in-hand.ts'

const record = (partition: number, timestamp: number) => ({
  topic: 'stripe.events',
  partition,
  offset: '1',
  key: null,
  value: null,
  headers: {},
  timestamp,
})

describe('records in hand', () => {
  it('grow older while they are worked on, and count no more once they are done', async () => {
    const hand = createRecordsInHand()
    let during = 0
    await hand.watched(async () => {
      during = hand.oldestAge(9000)
    })([record(0, 1000), record(0, 5000)])
    expect([during, hand.oldestAge(9000)]).toEqual([8000, 0])
  })

  it('that failed go on growing older until their partition is done with them', async () => {
    const hand = createRecordsInHand()
    const failing = hand.watched(() => Promise.reject(new Error('away')))
    await expect(failing([record(0, 1000)])).rejects.toThrow('away')
    await hand.watched(async () => {})([record(1, 2000)])
    expect(hand.oldestAge(60_000)).toBe(59_000)
    await hand.watched(async () => {})([record(0, 1000)])
    expect(hand.oldestAge(60_000)).toBe(0)
  })

  it('are forgotten after a rebalance: another process may have them now', async () => {
    const hand = createRecordsInHand()
    await expect(hand.watched(() => Promise.reject(new Error('away')))([record(0, 1000)])).rejects.toThrow()
    hand.forget()
    expect(hand.oldestAge(60_000)).toBe(0)
  })
})
