import { describe, expect, it } from '@jest/globals'
import { factOfEvent, problemOf } from '../../test/reading.ts'
import { disputeObject, eventOf } from '../../test/stripe-payloads.ts'

const stateOf = (over: Record<string, unknown>) =>
  factOfEvent('dispute', eventOf('charge.dispute.created', disputeObject(over))).state

describe('dispute', () => {
  it('is read with its charge and payment: it names neither customer nor invoice', () => {
    expect(stateOf({})).toEqual({
      id: 'dp_1',
      charge: 'ch_1',
      paymentIntent: 'pi_1',
      amount: 2900,
      currency: 'usd',
      status: 'needs_response',
      reason: 'fraudulent',
    })
  })

  it('keeps statuses as Stripe words them, known or not', () => {
    expect(stateOf({ status: 'appeal_under_review' }).status).toBe('appeal_under_review')
    expect(stateOf({ status: null }).status).toBe('unknown')
  })

  it('takes an expanded charge', () => {
    expect(stateOf({ charge: { id: 'ch_7' }, payment_intent: null })).toMatchObject({
      charge: 'ch_7',
      paymentIntent: null,
    })
  })

  it('goes by its charge where it is older than ids of disputes', () => {
    expect(stateOf({ id: undefined }).id).toBe('ch_1')
    expect(problemOf(eventOf('charge.dispute.created', disputeObject({ id: undefined, charge: null })))).toBe(
      'malformed_object',
    )
  })
})
