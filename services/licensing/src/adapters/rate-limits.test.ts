import { describe, expect, it } from '@jest/globals'
import { createRateLimits } from './rate-limits.ts'

describe('rate limits', () => {
  it('stop a license at one place, and no other', async () => {
    const limits = createRateLimits({ perLicense: 2, missesPerAddress: 5 })
    const ask = (bucket: string) => limits.wait('203.0.113.1', bucket)
    expect([await ask('k a'), await ask('k a')]).toEqual([null, null])
    const wait = await ask('k a')
    expect(wait).toBeGreaterThan(0)
    expect(wait).toBeLessThanOrEqual(10)
    expect(await ask('k b')).toBeNull()
  })

  it('stop an address that guesses, also before it has a license right', async () => {
    const limits = createRateLimits({ perLicense: 100, missesPerAddress: 3 })
    for (let i = 0; i < 3; i += 1) await limits.missed('203.0.113.1')
    expect(await limits.wait('203.0.113.1', 'k')).toBeGreaterThan(500)
    expect(await limits.wait('203.0.113.2', 'k')).toBeNull()
  })

  it.each([
    ['2001:db8::1', '2001:db8:0:0:ffff::2', true],
    ['2001:db8:0:0:1::', '2001:0db8::9', true],
    ['2001:db8:0:1::1', '2001:db8:0:2::1', false],
    ['::ffff:203.0.113.1', '::ffff:203.0.113.2', false],
  ])('take %s and %s for one guesser: %s', async (one, other, isSame) => {
    const limits = createRateLimits({ perLicense: 100, missesPerAddress: 1 })
    await limits.missed(one)
    expect((await limits.wait(other, 'k')) !== null).toBe(isSame)
  })
})
