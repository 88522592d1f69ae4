import { describe, expect, it } from '@jest/globals'
import { createRateLimiter } from './rate-limiter.ts'

describe('how fast mail is sent', () => {
  it('is not limited unless it is asked for', () => {
    const limiter = createRateLimiter({ perMinute: 0, perDomainPerMinute: 0 })
    for (let n = 0; n < 1000; n += 1) expect(limiter.waitFor('example.com', 0)).toBe(0)
  })

  it('is so many a minute, evenly, and says how long to wait', () => {
    const limiter = createRateLimiter({ perMinute: 60, perDomainPerMinute: 0 })
    let sent = 0
    for (let now = 0; now < 60_000; now += 10) if (limiter.waitFor(`${now}.example`, now) === 0) sent += 1
    // What the bucket held at first, and what filled it since.
    expect(sent).toBe(69)
    expect(limiter.waitFor('x.example', 59_990)).toBeGreaterThan(0)
    expect(limiter.waitFor('x.example', 59_990)).toBeLessThanOrEqual(1000)
  })

  it('to one domain does not hold back another', () => {
    const limiter = createRateLimiter({ perMinute: 0, perDomainPerMinute: 6 })
    expect(limiter.waitFor('a.example', 0)).toBe(0)
    expect(limiter.waitFor('a.example', 0)).toBe(10_000)
    expect(limiter.waitFor('b.example', 0)).toBe(0)
  })

  it('leaves a domain alone that refuses again and again, ever longer, until it takes one', () => {
    const limiter = createRateLimiter({ perMinute: 0, perDomainPerMinute: 0 })
    for (let n = 0; n < 4; n += 1) limiter.note('a.example', true, 0)
    expect(limiter.waitFor('a.example', 0)).toBe(0)
    limiter.note('a.example', true, 0)
    expect(limiter.waitFor('a.example', 0)).toBe(60_000)
    limiter.note('a.example', true, 60_000)
    expect(limiter.waitFor('a.example', 60_000)).toBe(120_000)
    limiter.note('a.example', false, 180_000)
    expect(limiter.waitFor('a.example', 180_000)).toBe(0)
  })
})
