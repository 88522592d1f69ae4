import { describe, expect, it } from '@jest/globals'
import {
  chargeObject,
  customerObject,
  disputeObject,
  eventOf,
  invoicePaymentObject,
  newInvoice,
  newSubscription,
  refundObject,
  sessionObject,
} from '../../test/stripe-payloads.ts'
import { objectIdOf, partitionKeyOf } from './partition-key.ts'

const keyOf = (object: unknown, over: Record<string, unknown> = {}) =>
  partitionKeyOf(eventOf('x.y', object, over))

describe('partition key', () => {
  it('is the customer, within account and mode', () => {
    expect(keyOf(newSubscription())).toBe('platform:test:cus_1')
    expect(keyOf(newInvoice(), { account: 'acct_1', livemode: true })).toBe('acct_1:live:cus_1')
    expect(keyOf({ ...newInvoice(), customer: { id: 'cus_2', deleted: true } })).toBe('platform:test:cus_2')
  })

  it('is the customer itself for its own events, whole or stub, also where an account stands for it', () => {
    expect(keyOf(customerObject())).toBe('platform:test:cus_1')
    expect(keyOf(customerObject({ customer_account: 'acct_9' }))).toBe('platform:test:cus_1')
    expect(keyOf({ id: 'cus_1', object: 'customer', deleted: true })).toBe('platform:test:cus_1')
  })

  it('is the account that stands for a customer where there is no other', () => {
    expect(keyOf({ ...newInvoice(), customer: null, customer_account: 'acct_9' })).toBe(
      'platform:test:acct_9',
    )
  })

  it('is the shared payment for everything of a guest', () => {
    const guests = [
      sessionObject(),
      disputeObject(),
      refundObject(),
      chargeObject({ customer: null }),
      { id: 'pi_1', object: 'payment_intent', customer: null },
      invoicePaymentObject(),
    ]
    expect(new Set(guests.map((object) => keyOf(object)))).toEqual(new Set(['platform:test:pi_1']))
    expect(keyOf(disputeObject({ payment_intent: null }))).toBe('platform:test:ch_1')
  })

  it('is the object, then the event, where nothing else is known', () => {
    expect(keyOf({ id: 'prod_1', object: 'product' })).toBe('platform:test:prod_1')
    expect(keyOf({})).toBe('platform:test:evt_1')
    expect(
      partitionKeyOf({
        id: 'evt_7',
        object: 'v2.core.event',
        livemode: true,
        related_object: { id: 'in_1' },
      }),
    ).toBe('platform:live:in_1')
  })

  it('exists for anything at all', () => {
    for (const odd of [null, undefined, 7, 'x', [], {}, { data: [] }, { data: { object: null } }])
      expect(partitionKeyOf(odd)).toBe('platform:test:unknown')
  })
})

describe('object id', () => {
  it('is the id of what the event is about', () => {
    expect(objectIdOf(eventOf('invoice.paid', newInvoice()))).toBe('in_1')
    expect(objectIdOf({ related_object: { id: 'in_1' } })).toBe('in_1')
  })

  it('is null for a preview, and for anything odd', () => {
    const { id, ...preview } = newInvoice()
    for (const odd of [eventOf('invoice.upcoming', preview), null, 7, [], { data: { object: { id: 7 } } }])
      expect(objectIdOf(odd)).toBeNull()
  })
})
