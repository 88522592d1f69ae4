import { describe, expect, it } from '@jest/globals'
import { factOfEvent, problemOf } from '../../test/reading.ts'
import { eventOf, refundObject, updateOf } from '../../test/stripe-payloads.ts'

describe('refund', () => {
  it.each(['refund.created', 'refund.updated', 'refund.failed', 'charge.refund.updated'])(
    'is read from %s',
    (type) => {
      expect(factOfEvent('refund', eventOf(type, refundObject({ status: 'failed' }))).state).toEqual({
        id: 're_1',
        charge: 'ch_1',
        paymentIntent: 'pi_1',
        amount: 2900,
        currency: 'usd',
        status: 'failed',
        reason: 'requested_by_customer',
      })
    },
  )

  it('settled at once where it is older than its status, but never where the status is garbled', () => {
    const status = (value: unknown) =>
      factOfEvent('refund', eventOf('refund.created', refundObject({ status: value }))).state.status
    expect([undefined, null, 'pending', 7, ''].map(status)).toEqual([
      'succeeded',
      'succeeded',
      'pending',
      'unknown',
      'unknown',
    ])
  })

  it('says that it was pending before', () => {
    const event = updateOf('refund.updated', refundObject(), { status: 'pending' })
    expect(factOfEvent('refund', event).before?.status).toBe('pending')
  })

  it('is refused where the object is a charge', () => {
    expect(problemOf(eventOf('refund.created', refundObject({ object: 'charge' })))).toBe('malformed_object')
  })
})
