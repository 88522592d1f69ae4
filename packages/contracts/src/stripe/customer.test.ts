import { describe, expect, it } from '@jest/globals'
import { factOfEvent, problemOf } from '../../test/reading.ts'
import { customerObject, eventOf, updateOf } from '../../test/stripe-payloads.ts'
import { RANK } from '../facts/facts.ts'

describe('customer', () => {
  it('is read with what a mail needs', () => {
    const fact = factOfEvent('customer', eventOf('customer.created', customerObject()))
    expect(fact.observed.rank).toBe(RANK.created)
    expect(fact.state).toEqual({
      id: 'cus_1',
      email: 'ada@example.com',
      name: 'Ada',
      locales: ['fr-CA', 'en'],
      country: 'CA',
      deleted: false,
      testClock: 'clock_1',
    })
  })

  it('has no more than its id where Stripe knows no more', () => {
    expect(factOfEvent('customer', eventOf('customer.created', { id: 'cus_1' })).state).toEqual({
      id: 'cus_1',
      email: null,
      name: null,
      locales: [],
      country: null,
      deleted: false,
      testClock: null,
    })
  })

  it('keeps only locales that are text', () => {
    const object = customerObject({ preferred_locales: ['de', 7, null, '', { a: 1 }] })
    expect(factOfEvent('customer', eventOf('customer.updated', object)).state.locales).toEqual(['de'])
  })

  it('says the address that it had before', () => {
    const event = updateOf('customer.updated', customerObject(), { email: 'old@example.com' })
    expect(factOfEvent('customer', event).before).toMatchObject({ email: 'old@example.com', name: 'Ada' })
  })

  it('keeps nothing but the id of a deleted one, sent whole or as a stub', () => {
    const whole = factOfEvent('customer', eventOf('customer.deleted', customerObject()))
    const stub = factOfEvent(
      'customer',
      eventOf('customer.deleted', { id: 'cus_1', object: 'customer', deleted: true }),
    )
    expect(whole).toEqual(stub)
    expect(whole.observed.rank).toBe(RANK.deleted)
    expect(whole.state).toMatchObject({ id: 'cus_1', deleted: true, email: null, name: null, country: null })
  })

  it('is refused without an id, or where the object is something else', () => {
    expect(problemOf(eventOf('customer.updated', customerObject({ id: 7 })))).toBe('malformed_object')
    expect(problemOf(eventOf('customer.updated', customerObject({ object: 'invoice' })))).toBe(
      'malformed_object',
    )
    expect(problemOf(eventOf('customer.deleted', { deleted: true }))).toBe('malformed_object')
  })
})
