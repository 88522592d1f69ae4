import { describe, expect, it } from '@jest/globals'
import { factOfEvent, factsOf } from '../../test/reading.ts'
import {
  chargeObject,
  customerObject,
  disputeObject,
  eventOf,
  listOf,
  newInvoice,
  newSubscription,
  oldInvoice,
  refundObject,
  sessionObject,
} from '../../test/stripe-payloads.ts'
import { readSnapshot } from '../stripe/read-snapshot.ts'
import { identitiesOf } from './identities.ts'

describe('identities', () => {
  it('of a subscription are itself, its customer and its latest invoice', () => {
    const fact = factOfEvent('subscription', eventOf('customer.subscription.updated', newSubscription()))
    expect(identitiesOf(fact)).toEqual(['cus_1', 'in_1', 'sub_1'])
  })

  it('count the account that stands for a customer', () => {
    const object = { ...newSubscription(), customer: null, customer_account: 'acct_1', latest_invoice: null }
    const fact = factOfEvent('subscription', eventOf('customer.subscription.updated', object))
    expect(identitiesOf(fact)).toEqual(['acct_1', 'sub_1'])
  })

  it('of a customer are the customer', () => {
    expect(identitiesOf(factOfEvent('customer', eventOf('customer.updated', customerObject())))).toEqual([
      'cus_1',
    ])
  })

  it('of a session are everything that it made', () => {
    const object = sessionObject({ customer: 'cus_1', subscription: 'sub_1', invoice: 'in_1' })
    const fact = factOfEvent('checkout_session', eventOf('checkout.session.completed', object))
    expect(identitiesOf(fact)).toEqual(['cs_1', 'cus_1', 'in_1', 'pi_1', 'sub_1'])
  })

  it('of line items are their session', () => {
    const head = {
      type: 'com.stripe.snapshot.checkout_session_line_items',
      account: 'platform',
      livemode: false,
      askedAt: 1,
      id: 'snap_1',
      subject: 'cs_1',
    }
    const body = JSON.stringify(listOf([{ id: 'li_1', price: 'price_1' }]))
    expect(factsOf(readSnapshot(head, body)).map(identitiesOf)).toEqual([['cs_1']])
  })

  it('of an invoice are its customer and every subscription that it bills, each once', () => {
    const fact = factOfEvent('invoice', eventOf('invoice.paid', newInvoice()))
    expect(identitiesOf(fact)).toEqual(['cus_1', 'in_1', 'sub_1'])
    const manual = { ...newInvoice(), parent: null }
    expect(identitiesOf(factOfEvent('invoice', eventOf('invoice.paid', manual)))).toContain('sub_1')
  })

  it('of a failure are the invoice, not the failure', () => {
    const fact = factOfEvent('invoice_failure', eventOf('invoice.payment_failed', newInvoice()))
    expect(identitiesOf(fact)).toEqual(['in_1'])
  })

  it('of a link are all its parts', () => {
    const fact = factOfEvent('payment_link', eventOf('invoice.paid', oldInvoice()))
    expect(identitiesOf(fact)).toEqual(['ch_1', 'cus_1', 'in_1', 'pi_1'])
  })

  it('of a charge are itself, its payment and its customer', () => {
    const fact = factOfEvent('charge', eventOf('charge.updated', chargeObject()))
    expect(identitiesOf(fact)).toEqual(['ch_1', 'cus_1', 'pi_1'])
  })

  it('of refunds and disputes are what was paid, not themselves', () => {
    expect(identitiesOf(factOfEvent('refund', eventOf('refund.created', refundObject())))).toEqual([
      'ch_1',
      'pi_1',
    ])
    const dispute = disputeObject({ payment_intent: null })
    expect(identitiesOf(factOfEvent('dispute', eventOf('charge.dispute.closed', dispute)))).toEqual(['ch_1'])
  })
})
