import { describe, expect, it } from '@jest/globals'
import { factOfEvent, factsOf, factsOfKind, problemOf } from '../../test/reading.ts'
import { chargeObject, eventOf, listOf, refundObject, updateOf } from '../../test/stripe-payloads.ts'
import { readStripeEventObject } from './read-stripe.ts'

const REFUNDED = 'charge.refunded'
const refundsOf = (object: unknown) =>
  factsOfKind('refund', factsOf(readStripeEventObject(eventOf(REFUNDED, object)))).map(({ state }) => state)

describe('charge', () => {
  it('is read with the sum that was refunded so far', () => {
    const object = chargeObject({ amount_refunded: 500 })
    expect(factOfEvent('charge', eventOf(REFUNDED, object)).state).toEqual({
      id: 'ch_1',
      paymentIntent: 'pi_1',
      customer: 'cus_1',
      amount: 2900,
      amountRefunded: 500,
      refunded: false,
      currency: 'usd',
      email: 'ada@example.com',
      name: 'Ada',
    })
  })

  it('falls back to the address of the receipt', () => {
    const object = chargeObject({ billing_details: { email: null, name: null } })
    expect(factOfEvent('charge', eventOf('charge.updated', object)).state.email).toBe('receipts@example.com')
  })

  it('says how much had been refunded before', () => {
    const object = chargeObject({ amount_refunded: 2900, refunded: true })
    const event = updateOf(REFUNDED, object, { amount_refunded: 500, refunded: false })
    expect(factOfEvent('charge', event).before).toMatchObject({ amountRefunded: 500, refunded: false })
  })

  it('gives the refunds that old charges embed, as lists and as bare arrays', () => {
    const whole = refundObject({ id: 're_1', amount: 500, charge: { id: 'ch_1' } })
    const expected = [
      {
        id: 're_1',
        charge: 'ch_1',
        paymentIntent: 'pi_1',
        amount: 500,
        currency: 'usd',
        status: 'succeeded',
        reason: 'requested_by_customer',
      },
    ]
    expect(refundsOf(chargeObject({ refunds: listOf([whole]) }))).toEqual(expected)
    expect(refundsOf(chargeObject({ refunds: [whole] }))).toEqual(expected)
  })

  it('completes a bare old refund from its charge, and passes over one without an id', () => {
    const bare = { id: 're_1', object: 'refund', amount: 500, currency: 'usd' }
    expect(refundsOf(chargeObject({ refunds: [bare, { object: 'refund', amount: 7 }, null] }))).toMatchObject(
      [{ id: 're_1', charge: 'ch_1', paymentIntent: 'pi_1', status: 'succeeded' }],
    )
  })

  it('embeds no refunds in the new shape', () => {
    expect(refundsOf(chargeObject({ amount_refunded: 500 }))).toEqual([])
  })

  it('is refused without an id', () => {
    expect(problemOf(eventOf(REFUNDED, chargeObject({ id: '' })))).toBe('malformed_object')
  })
})
