import { describe, expect, it } from '@jest/globals'
import { factOfEvent, problemOf } from '../../test/reading.ts'
import { customerObject, eventOf, NOON, newSubscription } from '../../test/stripe-payloads.ts'
import { RANK } from '../facts/facts.ts'
import { HANDLED_EVENT_TYPES } from './event-types.ts'
import { readStripeEvent, readStripeEventObject } from './read-stripe.ts'

const event = (over: Record<string, unknown> = {}) => eventOf('customer.updated', customerObject(), over)

describe('Stripe event', () => {
  it('reads the same from bytes, text and parsed JSON', () => {
    const text = JSON.stringify(event())
    const read = readStripeEventObject(event())
    expect(read).toMatchObject({ ok: true, eventId: 'evt_1', type: 'customer.updated', handled: true })
    expect(readStripeEvent(text)).toEqual(read)
    expect(readStripeEvent(new TextEncoder().encode(text))).toEqual(read)
  })

  it('says where and when it was observed', () => {
    expect(factOfEvent('customer', event()).observed).toEqual({
      scope: { account: 'platform', livemode: false },
      at: NOON,
      rank: RANK.updated,
      eventId: 'evt_1',
    })
    expect(factOfEvent('customer', event({ account: 'acct_1', livemode: true })).observed.scope).toEqual({
      account: 'acct_1',
      livemode: true,
    })
  })

  it.each([
    ['customer.subscription.created', RANK.created],
    ['customer.subscription.updated', RANK.updated],
    ['customer.subscription.paused', RANK.updated],
    ['customer.subscription.deleted', RANK.deleted],
  ])('ranks %s within its second', (type, rank) => {
    expect(factOfEvent('subscription', eventOf(type, newSubscription())).observed.rank).toBe(rank)
  })

  it('passes over types that it does not handle, whatever they carry', () => {
    for (const type of ['plan.created', 'invoice.upcoming', 'constructor', '__proto__x'])
      expect(readStripeEventObject({ id: 'evt_1', object: 'event', type })).toEqual({
        ok: true,
        eventId: 'evt_1',
        type,
        facts: [],
        handled: false,
      })
  })

  it('passes over thin events: they name their object but do not carry it', () => {
    const thin = {
      id: 'evt_2',
      object: 'v2.core.event',
      type: 'customer.updated',
      created: '2026-01-01T00:00:00Z',
    }
    expect(readStripeEventObject(thin)).toMatchObject({ ok: true, facts: [], handled: false })
  })

  it.each([
    ['text that is no JSON', '{"id":'],
    ['nothing', ''],
    ['bytes that are no UTF-8', new Uint8Array([0x7b, 0xff, 0x7d])],
  ])('is no JSON: %s', (_, body) => {
    expect(readStripeEvent(body)).toMatchObject({ ok: false, problem: { code: 'not_json' } })
  })

  it.each([
    ['null', null],
    ['an array', [event()]],
    ['a number', 7],
    ['another object', event({ object: 'charge' })],
    ['no id', event({ id: undefined })],
    ['an id that is a number', event({ id: 7 })],
    ['an id longer than any of Stripe', event({ id: 'x'.repeat(256) })],
    ['no type', event({ type: null })],
    ['no mode', event({ livemode: undefined })],
    ['a mode that is text', event({ livemode: 'false' })],
    ['an account that is an object', event({ account: { id: 'acct_1' } })],
    ['an account that is empty', event({ account: '' })],
    ['no time', event({ created: undefined })],
    ['a time before 1970', event({ created: -1 })],
    ['a time in milliseconds', event({ created: NOON * 1000 })],
    ['a time that is a date', event({ created: '2026-01-01T00:00:00Z' })],
  ])('is no event: %s', (_, body) => {
    expect(problemOf(body)).toBe('not_an_event')
  })

  it.each([
    ['no data', { data: undefined }],
    ['data that is an array', { data: [] }],
    ['an object that is an array', { data: { object: [] } }],
    ['an object that is only an id', { data: { object: 'cus_1' } }],
  ])('has a malformed object: %s', (_, over) => {
    expect(problemOf(event(over))).toBe('malformed_object')
  })

  it('never repeats what the body says in the detail of a problem: it ends in logs', () => {
    const secret = 'ada@example.com'
    const bodies = [
      `{"email":"${secret}"`,
      JSON.stringify(event({ id: { secret } })),
      JSON.stringify(event({ account: [secret] })),
      JSON.stringify(eventOf('customer.updated', { id: [secret], object: secret })),
    ]
    for (const body of bodies) {
      const result = readStripeEvent(body)
      expect(result.ok).toBe(false)
      expect(JSON.stringify(result)).not.toContain(secret)
    }
  })

  it('cannot be made to pollute a prototype', () => {
    const text = JSON.stringify(event({ data: { object: customerObject(), previous_attributes: {} } }))
    const hostile = text.replace(
      '"previous_attributes":{}',
      '"previous_attributes":{"__proto__":{"polluted":1}}',
    )
    expect(readStripeEvent(hostile).ok).toBe(true)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  it('lists what it handles sorted and once, the types of the product brief among them', () => {
    expect([...HANDLED_EVENT_TYPES]).toEqual([...new Set(HANDLED_EVENT_TYPES)].sort())
    expect(HANDLED_EVENT_TYPES).toEqual(
      expect.arrayContaining([
        'checkout.session.completed',
        'customer.subscription.updated',
        'customer.subscription.deleted',
        'customer.subscription.paused',
        'invoice.payment_succeeded',
        'invoice.payment_failed',
      ]),
    )
  })
})
