import { describe, expect, it } from '@jest/globals'
import { factOfEvent, factsOf, factsOfKind, problemOf } from '../../test/reading.ts'
import {
  DAY,
  eventOf,
  INVOICE,
  listOf,
  NOON,
  newInvoice,
  oldInvoice,
  updateOf,
} from '../../test/stripe-payloads.ts'
import { readStripeEventObject } from './read-stripe.ts'

const stateOf = (object: unknown) => factOfEvent('invoice', eventOf('invoice.paid', object)).state

describe('invoice', () => {
  it('is read with its lines: price, item, period', () => {
    expect(stateOf(newInvoice())).toEqual({
      id: 'in_1',
      customer: 'cus_1',
      subscription: 'sub_1',
      status: 'paid',
      billingReason: 'subscription_cycle',
      collectionMethod: 'charge_automatically',
      currency: 'usd',
      amountDue: 2900,
      amountPaid: 2900,
      amountRemaining: 0,
      attemptCount: 1,
      nextPaymentAttempt: null,
      dueDate: null,
      createdAt: NOON,
      finalizedAt: null,
      paidAt: NOON + 5,
      hostedInvoiceUrl: 'https://invoice.example/i/1',
      invoicePdf: 'https://invoice.example/i/1/pdf',
      number: 'KEY-0001',
      email: 'ada@example.com',
      name: 'Ada',
      lines: [
        {
          id: 'il_1',
          price: { id: 'price_pro_monthly', lookupKey: null, product: 'prod_of_price_pro_monthly' },
          subscription: 'sub_1',
          subscriptionItem: 'si_1',
          periodStart: NOON,
          periodEnd: NOON + 30 * DAY,
          proration: false,
          amount: 2900,
          quantity: 1,
        },
      ],
      linesComplete: true,
      testClock: null,
    })
  })

  it('says the same in the old shape, in the new one, and in the one that carries both', () => {
    expect(stateOf(oldInvoice())).toEqual(stateOf(newInvoice()))
    expect(stateOf({ ...newInvoice(), ...oldInvoice(), parent: newInvoice().parent })).toEqual(
      stateOf(newInvoice()),
    )
  })

  it('has no subscription where a quote made it, whatever else the parent holds', () => {
    const parent = { type: 'quote_details', subscription_details: { subscription: 'sub_other' } }
    expect(stateOf({ ...newInvoice(), parent }).subscription).toBeNull()
    expect(stateOf(newInvoice({ ...INVOICE, subscription: null })).subscription).toBeNull()
  })

  it('reads lines that come from an invoice item: prorations of a changed plan', () => {
    const line = {
      id: 'il_2',
      amount: -900,
      period: { start: NOON, end: NOON + DAY },
      parent: {
        type: 'invoice_item_details',
        subscription_item_details: null,
        invoice_item_details: { invoice_item: 'ii_1', proration: true, subscription: 'sub_1' },
      },
    }
    expect(stateOf({ ...newInvoice(), lines: listOf([line]) }).lines[0]).toMatchObject({
      subscription: 'sub_1',
      subscriptionItem: null,
      proration: true,
      amount: -900,
      price: null,
    })
  })

  it('believes the kind of parent that a line names, where both are filled in', () => {
    const parent = (type: string) => ({
      type,
      subscription_item_details: { subscription: 'sub_1', subscription_item: 'si_1', proration: false },
      invoice_item_details: { subscription: 'sub_2', proration: true },
    })
    const lines = listOf([
      { id: 'il_1', parent: parent('subscription_item_details') },
      { id: 'il_2', parent: parent('invoice_item_details') },
    ])
    expect(stateOf({ ...newInvoice(), lines }).lines).toMatchObject([
      { subscription: 'sub_1', subscriptionItem: 'si_1', proration: false },
      { subscription: 'sub_2', subscriptionItem: null, proration: true },
    ])
  })

  it('gives old lines of type `subscription` the subscription of their invoice', () => {
    const lines = listOf([
      { id: 'sub_x', type: 'subscription', subscription: null, plan: { id: 'gold' }, period: { end: NOON } },
      { id: 'ii_1', type: 'invoiceitem', plan: null },
    ])
    expect(stateOf({ ...oldInvoice(), lines }).lines).toMatchObject([
      { subscription: 'sub_1', price: { id: 'gold' }, periodEnd: NOON },
      { subscription: null, price: null, periodEnd: null },
    ])
  })

  it('says that lines are incomplete where only the first page, or none, is embedded', () => {
    expect(stateOf({ ...newInvoice(), lines: listOf([], { has_more: true }) }).linesComplete).toBe(false)
    expect(stateOf({ ...newInvoice(), lines: undefined })).toMatchObject({ lines: [], linesComplete: false })
  })

  it.each([
    [{ paid: true, closed: true }, 'paid'],
    [{ paid: false, forgiven: true, closed: true }, 'uncollectible'],
    [{ paid: false, closed: true, attempted: true }, 'open'],
    [{ paid: false, closed: false, attempted: true }, 'open'],
    [{ paid: false, closed: false, attempted: false }, 'draft'],
    [{}, 'unknown'],
    [{ status: 'written_off', paid: true }, 'unknown'],
    [{ status: 'void', paid: false }, 'void'],
  ])('has of %j the status %s', (flags, status) => {
    const { status: _, paid: __, ...root } = oldInvoice()
    expect(stateOf({ ...root, ...flags }).status).toBe(status)
  })

  it('takes its old names of date and collection', () => {
    const { created, collection_method, ...root } = oldInvoice()
    expect(stateOf({ ...root, date: NOON - 1, billing: 'send_invoice' })).toMatchObject({
      createdAt: NOON - 1,
      collectionMethod: 'send_invoice',
    })
  })

  it('says what it was before an update', () => {
    const event = updateOf('invoice.updated', newInvoice(), {
      status: 'open',
      next_payment_attempt: NOON + DAY,
      status_transitions: { paid_at: null },
    })
    expect(factOfEvent('invoice', event).before).toEqual({
      ...stateOf(newInvoice()),
      status: 'open',
      nextPaymentAttempt: NOON + DAY,
      paidAt: null,
    })
  })

  it('is refused without an id, or where a line has none', () => {
    expect(problemOf(eventOf('invoice.paid', { ...newInvoice(), id: undefined }))).toBe('malformed_object')
    expect(problemOf(eventOf('invoice.paid', { ...newInvoice(), lines: listOf([{ amount: 1 }]) }))).toBe(
      'malformed_object',
    )
  })
})

describe('invoice failure', () => {
  it.each([
    ['invoice.payment_failed', 'payment_failed'],
    ['invoice.payment_action_required', 'action_required'],
    ['invoice.finalization_failed', 'finalization_failed'],
    ['invoice.overdue', 'overdue'],
  ])('is told by %s as %s, beside the invoice', (type, kind) => {
    const event = eventOf(type, newInvoice({ ...INVOICE, paid: false, attempts: 3 }))
    expect(factOfEvent('invoice_failure', event).state).toEqual({
      id: 'in_1:evt_1',
      invoice: 'in_1',
      kind,
      at: NOON,
      attemptCount: 3,
    })
    expect(factOfEvent('invoice', event).state.status).toBe('open')
  })

  it('is dated by the invoice on a test clock, whose events carry the time of the wall', () => {
    const onClock = {
      ...newInvoice({ ...INVOICE, paid: false }),
      test_clock: 'clock_1',
      due_date: NOON + 40 * DAY,
      status_transitions: { finalized_at: NOON + 30 * DAY },
    }
    const failedAt = (type: string, object: object): number =>
      factOfEvent('invoice_failure', eventOf(type, object)).state.at
    expect(failedAt('invoice.payment_failed', onClock)).toBe(NOON + 30 * DAY)
    expect(failedAt('invoice.overdue', onClock)).toBe(NOON + 40 * DAY)
    expect(failedAt('invoice.payment_failed', { ...onClock, test_clock: null })).toBe(NOON)
  })

  it('is told by no other event', () => {
    for (const type of [
      'invoice.created',
      'invoice.finalized',
      'invoice.updated',
      'invoice.voided',
      'invoice.paid',
    ])
      expect(
        factsOfKind('invoice_failure', factsOf(readStripeEventObject(eventOf(type, newInvoice())))),
      ).toEqual([])
  })
})
