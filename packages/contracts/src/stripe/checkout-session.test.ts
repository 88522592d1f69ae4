import { describe, expect, it } from '@jest/globals'
import { factOfEvent, factsOf, factsOfKind, problemOf } from '../../test/reading.ts'
import { eventOf, listOf, NOON, sessionObject } from '../../test/stripe-payloads.ts'
import { readStripeEventObject } from './read-stripe.ts'

const COMPLETED = 'checkout.session.completed'
const stateOf = (over: Record<string, unknown>) =>
  factOfEvent('checkout_session', eventOf(COMPLETED, sessionObject(over))).state

describe('checkout session', () => {
  it("is read as a guest's purchase", () => {
    expect(stateOf({})).toEqual({
      id: 'cs_1',
      mode: 'payment',
      status: 'complete',
      paymentStatus: 'paid',
      asyncOutcome: null,
      customer: null,
      email: 'ada@example.com',
      name: 'Ada',
      locale: 'fr',
      country: 'CA',
      clientReferenceId: 'order-7',
      subscription: null,
      invoice: null,
      paymentIntent: 'pi_1',
      currency: 'usd',
      amountTotal: 2900,
      createdAt: NOON,
    })
  })

  it('prefers the address that the buyer typed, then the one that the merchant filled in', () => {
    expect(stateOf({ customer_details: null }).email).toBe('typed-by-the-merchant@example.com')
    expect(stateOf({ customer_details: { email: null } }).email).toBe('typed-by-the-merchant@example.com')
    expect(stateOf({ customer_details: [], customer_email: null }).email).toBeNull()
  })

  it('takes the outcome of a delayed payment from the type of the event', () => {
    const outcome = (type: string) =>
      factOfEvent('checkout_session', eventOf(type, sessionObject({ payment_status: 'unpaid' }))).state
    expect(outcome('checkout.session.async_payment_succeeded').asyncOutcome).toBe('succeeded')
    expect(outcome('checkout.session.async_payment_failed').asyncOutcome).toBe('failed')
    expect(outcome(COMPLETED)).toMatchObject({ asyncOutcome: null, paymentStatus: 'unpaid' })
  })

  it('never takes an unknown payment status or mode for a known one', () => {
    expect(stateOf({ payment_status: 'promised', mode: 'barter' })).toMatchObject({
      paymentStatus: 'unknown',
      mode: 'unknown',
    })
  })

  it('tells the mode of the oldest sessions by what they made', () => {
    const mode = undefined
    expect(stateOf({ mode, subscription: 'sub_1' }).mode).toBe('subscription')
    expect(stateOf({ mode }).mode).toBe('payment')
    expect(stateOf({ mode, payment_intent: null, setup_intent: 'seti_1' }).mode).toBe('setup')
    expect(stateOf({ mode, payment_intent: null }).mode).toBe('unknown')
  })

  it('has no locale where Stripe left it to the browser', () => {
    expect(stateOf({ locale: 'auto' }).locale).toBeNull()
  })

  it('links its payment, and nothing where there is none', () => {
    const link = factOfEvent('payment_link', eventOf(COMPLETED, sessionObject({ customer: 'cus_1' })))
    expect(link.state).toMatchObject({ session: 'cs_1', paymentIntent: 'pi_1', customer: 'cus_1' })
    const subscription = sessionObject({ mode: 'subscription', payment_intent: null, subscription: 'sub_1' })
    const facts = factsOf(readStripeEventObject(eventOf(COMPLETED, subscription)))
    expect(facts.map(({ kind }) => kind)).toEqual(['checkout_session'])
  })

  it('gives its line items where they are expanded', () => {
    const line_items = listOf([{ id: 'li_1', price: { id: 'price_1', product: 'prod_1' }, quantity: 2 }])
    const facts = factsOf(readStripeEventObject(eventOf(COMPLETED, sessionObject({ line_items }))))
    expect(factsOfKind('checkout_line_items', facts).map(({ state }) => state)).toEqual([
      {
        id: 'cs_1',
        items: [{ id: 'li_1', price: { id: 'price_1', lookupKey: null, product: 'prod_1' }, quantity: 2 }],
        itemsComplete: true,
      },
    ])
    const broken = sessionObject({ line_items: listOf([{ price: 'price_1' }]) })
    expect(problemOf(eventOf(COMPLETED, broken))).toBe('malformed_object')
  })
})
