import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { kafkajsInternal } from './kafkajs-internals.ts'
import { patchTimerLoop } from './patch-timer-loop.ts'

interface Queue {
  pending: unknown[]
  throttledUntil: number
  throttleCheckTimeoutId: unknown
  scheduleCheckPendingRequests(): void
}

describe("kafkajs's request queue, patched", () => {
  let checks = 0
  const createQueue = (pending: unknown[], throttledUntil: number): Queue => {
    const { prototype } = kafkajsInternal<{ prototype: Queue }>('network/requestQueue/index.js')
    const checkPendingRequests = () => {
      checks += 1
    }
    return Object.assign(Object.create(prototype) as Queue, {
      pending,
      throttledUntil,
      throttleCheckTimeoutId: null,
      checkPendingRequests,
    })
  }

  beforeEach(() => {
    patchTimerLoop()
    checks = 0
    jest.useFakeTimers()
  })
  afterEach(() => {
    jest.useRealTimers()
  })

  it('arms no timer while nothing waits: an idle connection costs nothing', () => {
    createQueue([], -1).scheduleCheckPendingRequests()
    expect(jest.getTimerCount()).toBe(0)
  })

  it('looks at waiting requests once the throttle has ended, with one timer for all', () => {
    const queue = createQueue(['request'], Date.now() + 500)
    queue.scheduleCheckPendingRequests()
    queue.scheduleCheckPendingRequests()
    expect(jest.getTimerCount()).toBe(1)
    jest.advanceTimersByTime(499)
    expect(checks).toBe(0)
    jest.advanceTimersByTime(1)
    expect(checks).toBe(1)
    queue.scheduleCheckPendingRequests()
    expect(jest.getTimerCount()).toBe(1)
  })

  it('never asks for a timer of negative length', () => {
    const lengths: unknown[] = []
    const armed = jest.spyOn(globalThis, 'setTimeout')
    createQueue(['request'], -1).scheduleCheckPendingRequests()
    for (const [, length] of armed.mock.calls) lengths.push(length)
    armed.mockRestore()
    expect(lengths).toEqual([10])
  })
})
