import { describe, expect, it } from '@jest/globals'
import { factOfEvent, factsOf, factsOfKind, problemOf } from '../../test/reading.ts'
import {
  chargeObject,
  eventOf,
  invoicePaymentObject,
  listOf,
  newInvoice,
  oldInvoice,
  paymentIntentObject,
} from '../../test/stripe-payloads.ts'
import { readStripeEventObject } from './read-stripe.ts'

const linksOf = (type: string, object: unknown) =>
  factsOfKind('payment_link', factsOf(readStripeEventObject(eventOf(type, object)))).map(({ state }) => state)

const link = (parts: object) => ({
  id: expect.any(String),
  invoice: null,
  paymentIntent: null,
  charge: null,
  session: null,
  customer: null,
  ...parts,
})

describe('payment link', () => {
  it('is named by an old invoice', () => {
    expect(linksOf('invoice.paid', oldInvoice())).toEqual([
      link({ invoice: 'in_1', paymentIntent: 'pi_1', charge: 'ch_1', customer: 'cus_1' }),
    ])
  })

  it('is named by a new invoice only where its payments are expanded, once for each', () => {
    expect(linksOf('invoice.paid', newInvoice())).toEqual([])
    const payments = listOf([
      invoicePaymentObject(),
      invoicePaymentObject(),
      invoicePaymentObject({ payment: { type: 'charge', charge: { id: 'ch_9' } } }),
      invoicePaymentObject({ payment: { type: 'payment_record', payment_record: 'pr_1' } }),
    ])
    expect(linksOf('invoice.paid', { ...newInvoice(), payments })).toEqual([
      link({ invoice: 'in_1', paymentIntent: 'pi_1', customer: 'cus_1' }),
      link({ invoice: 'in_1', charge: 'ch_9', customer: 'cus_1' }),
    ])
  })

  it('is what `invoice_payment.paid` says', () => {
    expect(linksOf('invoice_payment.paid', invoicePaymentObject())).toEqual([
      link({ invoice: 'in_1', paymentIntent: 'pi_1' }),
    ])
    expect(linksOf('invoice_payment.paid', invoicePaymentObject({ payment: null }))).toEqual([])
  })

  it('is named by a charge: with its invoice in the old shape, with its payment intent in the new', () => {
    expect(linksOf('charge.succeeded', chargeObject({ invoice: 'in_1' }))).toEqual([
      link({ invoice: 'in_1', paymentIntent: 'pi_1', charge: 'ch_1', customer: 'cus_1' }),
    ])
    expect(linksOf('charge.succeeded', chargeObject({ customer: null }))).toEqual([
      link({ paymentIntent: 'pi_1', charge: 'ch_1' }),
    ])
    expect(linksOf('charge.succeeded', chargeObject({ customer: null, payment_intent: null }))).toEqual([])
  })

  it('is named by a payment intent: by its latest charge, or by its list of charges before that', () => {
    expect(linksOf('payment_intent.succeeded', paymentIntentObject())).toEqual([
      link({ paymentIntent: 'pi_1', charge: 'ch_1', customer: 'cus_1' }),
    ])
    const old = paymentIntentObject({
      latest_charge: undefined,
      charges: listOf([{ id: 'ch_new' }, { id: 'ch_old' }]),
      invoice: { id: 'in_1' },
      customer: null,
    })
    expect(linksOf('payment_intent.succeeded', old)).toEqual([
      link({ paymentIntent: 'pi_1', charge: 'ch_new', invoice: 'in_1' }),
    ])
  })

  it('is one link when seen twice, and another when it joins other parts', () => {
    const seen = (over: object) =>
      factOfEvent('payment_link', eventOf('charge.succeeded', chargeObject({ ...over })))
    expect(seen({ amount: 1 }).state.id).toBe(seen({ amount: 2 }).state.id)
    expect(seen({ invoice: 'in_1' }).state.id).not.toBe(seen({}).state.id)
  })

  it('is refused where the payment cannot be identified', () => {
    expect(problemOf(eventOf('payment_intent.succeeded', paymentIntentObject({ id: null })))).toBe(
      'malformed_object',
    )
    expect(problemOf(eventOf('invoice_payment.paid', invoicePaymentObject({ object: 'invoice' })))).toBe(
      'malformed_object',
    )
  })
})
