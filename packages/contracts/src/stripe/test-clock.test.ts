import { describe, expect, it } from '@jest/globals'
import { factOfEvent, factsOf, problemOf } from '../../test/reading.ts'
import { DAY, eventOf, NOON, testClockObject } from '../../test/stripe-payloads.ts'
import { readSnapshot } from './read-snapshot.ts'
import { readStripeEventObject } from './read-stripe.ts'

const ready = 'test_helpers.test_clock.ready'

describe('test clocks', () => {
  it('say how far they have come', () => {
    expect(factOfEvent('test_clock', eventOf(ready, testClockObject())).state).toEqual({
      id: 'clock_1',
      frozenTime: NOON + 400 * DAY,
      status: 'ready',
    })
  })

  it('stand still once they are deleted', () => {
    const deleted = eventOf('test_helpers.test_clock.deleted', testClockObject())
    expect(factOfEvent('test_clock', deleted).state).toMatchObject({ status: 'deleted' })
  })

  it('that claim to be live say nothing: nobody can move the time of a customer who pays', () => {
    const live = eventOf(ready, testClockObject({ livemode: true }), { livemode: true })
    expect(factsOf(readStripeEventObject(live))).toEqual([])
  })

  it('can be asked for', () => {
    const head = {
      type: 'com.stripe.snapshot.test_clock',
      account: 'platform',
      livemode: false,
      askedAt: NOON,
      id: 'snap_1',
      subject: 'clock_1',
    }
    const [fact] = factsOf(readSnapshot(head, JSON.stringify(testClockObject())))
    expect(fact).toMatchObject({ kind: 'test_clock', state: { frozenTime: NOON + 400 * DAY } })
  })

  it('without a time are refused', () => {
    expect(problemOf(eventOf(ready, testClockObject({ frozen_time: null })))).toBe('malformed_object')
  })
})
