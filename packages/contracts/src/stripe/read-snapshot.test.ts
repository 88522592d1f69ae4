import { describe, expect, it } from '@jest/globals'
import { factsOf } from '../../test/reading.ts'
import {
  chargeObject,
  customerObject,
  disputeObject,
  invoicePaymentObject,
  listOf,
  NOON,
  newInvoice,
  newSubscription,
  refundObject,
  sessionObject,
} from '../../test/stripe-payloads.ts'
import { RANK } from '../facts/facts.ts'
import { readSnapshot, type SnapshotHead } from './read-snapshot.ts'

const head = (what: string, over: Partial<SnapshotHead> = {}): SnapshotHead => ({
  type: `com.stripe.snapshot.${what}`,
  account: 'platform',
  livemode: false,
  askedAt: NOON,
  id: 'snap_1',
  subject: 'cs_1',
  ...over,
})

const read = (what: string, body: unknown, over: Partial<SnapshotHead> = {}) =>
  readSnapshot(head(what, over), JSON.stringify(body))

describe('snapshot', () => {
  it.each([
    ['subscription', newSubscription(), ['subscription']],
    ['customer', customerObject(), ['customer']],
    ['invoice', newInvoice(), ['invoice']],
    ['charge', chargeObject(), ['charge', 'payment_link']],
    ['refund', refundObject(), ['refund']],
    ['dispute', disputeObject(), ['dispute']],
    ['checkout_session', sessionObject(), ['checkout_session', 'payment_link']],
    ['invoice_payments', listOf([invoicePaymentObject()]), ['payment_link']],
  ])('of a %s gives the facts that an event would', (what, body, kinds) => {
    expect(factsOf(read(what, body)).map(({ kind }) => kind)).toEqual(kinds)
  })

  it('stands after every event of its second, in the scope that was asked', () => {
    const [fact] = factsOf(read('customer', customerObject(), { account: 'acct_1', livemode: true }))
    expect(fact?.observed).toEqual({
      scope: { account: 'acct_1', livemode: true },
      at: NOON,
      rank: RANK.snapshot,
      eventId: 'snap_1',
    })
  })

  it('of line items belongs to the session that was asked about', () => {
    const body = listOf([{ id: 'li_1', object: 'item', price: { id: 'price_1' }, quantity: 2 }], {
      has_more: true,
    })
    expect(factsOf(read('checkout_session_line_items', body)).map(({ state }) => state)).toEqual([
      {
        id: 'cs_1',
        items: [{ id: 'li_1', price: { id: 'price_1', lookupKey: null, product: null }, quantity: 2 }],
        itemsComplete: false,
      },
    ])
  })

  it('of a deleted customer says so', () => {
    const stub = { id: 'cus_1', object: 'customer', deleted: true }
    expect(factsOf(read('customer', stub))[0]?.state).toMatchObject({ id: 'cus_1', deleted: true })
  })

  it('of an unknown kind gives nothing', () => {
    expect(read('weather', {})).toMatchObject({ ok: true, handled: false, facts: [] })
    expect(readSnapshot(head('customer', { type: 'customer' }), '{}')).toMatchObject({
      ok: true,
      handled: false,
    })
  })

  it.each([
    ['not_json', head('customer'), '{'],
    ['malformed_object', head('customer'), '[]'],
    ['malformed_object', head('customer'), '{}'],
    ['malformed_object', head('checkout_session_line_items'), '{"data":{}}'],
    ['malformed_object', head('checkout_session_line_items'), '{"data":[{}]}'],
    ['malformed_object', head('invoice_payments'), '{"data":[7]}'],
    ['malformed_object', head('invoice_payments'), '{"data":[{}]}'],
    ['malformed_object', head('invoice_payments'), '{}'],
    ['not_an_event', head('customer', { id: '' }), '{}'],
    ['not_an_event', head('customer', { subject: '' }), '{}'],
    ['not_an_event', head('customer', { askedAt: Number.NaN }), '{}'],
    ['not_an_event', head('customer', { account: '' }), '{}'],
  ] as const)('is refused as %s', (code, snapshotHead, body) => {
    expect(readSnapshot(snapshotHead, body)).toMatchObject({ ok: false, problem: { code } })
  })
})
