import { describe, expect, it } from '@jest/globals'
import { createAwaitSession } from './await-session.ts'

const here = { isGone: () => false }

describe('waiting for a payment to become a license', () => {
  it('ends as soon as it has', async () => {
    let asked = 0
    const find = async () => (++asked < 3 ? [] : ['license'])
    expect(await createAwaitSession(1).until(find, { waitMs: 60_000, ...here })).toEqual(['license'])
    expect(asked).toBe(3)
  })

  it('ends with nothing when its time is over, or nobody listens', async () => {
    const sessions = createAwaitSession(1)
    const find = async () => []
    expect(await sessions.until(find, { waitMs: 150, ...here })).toEqual([])
    expect(await sessions.until(find, { waitMs: 60_000, isGone: () => true })).toEqual([])
  })

  it('is for a bounded number at once: the next one is answered with what there is', async () => {
    const sessions = createAwaitSession(1)
    let isThere = false
    const find = async () => (isThere ? ['license'] : [])
    const first = sessions.until(find, { waitMs: 60_000, ...here })
    await Promise.resolve()
    expect(await sessions.until(find, { waitMs: 60_000, ...here })).toEqual([])
    isThere = true
    expect(await first).toEqual(['license'])
  })
})
