import { describe, expect, it } from '@jest/globals'
import type { SubscriptionState } from '@keyflow/contracts'
import { NO_FACTS } from './ledger-facts.ts'
import { inWallTime, testClockOf, timeOf } from './own-time.ts'

const subscription: SubscriptionState = {
  id: 'sub_1',
  customer: 'cus_1',
  status: 'active',
  items: [{ id: 'si_1', price: null, quantity: 1, periodStart: 5_000, periodEnd: 9_000 }],
  itemsComplete: true,
  cancelAt: null,
  canceledAt: null,
  endedAt: null,
  cancelReason: null,
  pauseCollection: null,
  pausedType: null,
  trialEnd: null,
  startedAt: 1_000,
  collectionMethod: null,
  latestInvoice: null,
  pendingUpdate: null,
  testClock: 'clock_1',
}

describe('the time of a license', () => {
  it('is that of its test clock, which has come at least as far as what was billed on it', () => {
    expect(testClockOf(false, subscription, NO_FACTS)).toEqual({ id: 'clock_1', atLeast: 5_000 })
  })

  it('is everybody’s for whoever is billed in live mode, whatever the object says', () => {
    expect(testClockOf(true, subscription, NO_FACTS)).toBeNull()
    expect(timeOf({}, 100)).toBe(100)
  })

  it('lets a lease end as soon on the wall as the license does on its clock', () => {
    const license = {
      clock: { id: 'clock_1', now: 5_000, written: 4_000 },
      validThrough: 9_000,
      trialEndsAt: null,
      cancelAt: 6_000,
    }
    expect(timeOf(license, 1_000_000)).toBe(5_000)
    expect(inWallTime(license, 1_000_000)).toMatchObject({ validThrough: 1_004_000, cancelAt: 1_001_000 })
    expect(inWallTime({ ...license, clock: { ...license.clock, now: 1_000_000 } }, 1_000_000)).toMatchObject({
      validThrough: 9_000,
    })
  })
})
