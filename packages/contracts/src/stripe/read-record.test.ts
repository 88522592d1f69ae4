import { describe, expect, it } from '@jest/globals'
import { customerObject, eventOf, NOON } from '../../test/stripe-payloads.ts'
import { RANK } from '../facts/facts.ts'
import { HEADER } from '../records/headers.ts'
import { readStripeRecord } from './read-record.ts'

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))

const SNAPSHOT = {
  [HEADER.type]: 'com.stripe.snapshot.customer',
  [HEADER.account]: 'acct_1',
  [HEADER.livemode]: 'true',
  [HEADER.time]: new Date(NOON * 1000).toISOString(),
  [HEADER.id]: 'snap_1',
  [HEADER.subject]: 'cus_1',
}

describe('record', () => {
  it('of an event is read from its bytes alone', () => {
    const value = bytes(eventOf('customer.updated', customerObject()))
    const headers = { [HEADER.type]: 'com.stripe.customer.updated', [HEADER.account]: 'acct_other' }
    expect(readStripeRecord({ headers, value })).toMatchObject({
      ok: true,
      eventId: 'evt_1',
      facts: [{ observed: { scope: { account: 'platform', livemode: false } } }],
    })
  })

  it('of a snapshot takes its scope, time and id from the headers', () => {
    expect(readStripeRecord({ headers: SNAPSHOT, value: bytes(customerObject()) })).toMatchObject({
      ok: true,
      eventId: 'snap_1',
      facts: [
        {
          kind: 'customer',
          observed: { scope: { account: 'acct_1', livemode: true }, at: NOON, rank: RANK.snapshot },
        },
      ],
    })
  })

  it('without a value, or a snapshot without its time, is a problem and no exception', () => {
    expect(readStripeRecord({ headers: {}, value: null })).toMatchObject({ problem: { code: 'not_json' } })
    const { [HEADER.time]: _, ...timeless } = SNAPSHOT
    expect(readStripeRecord({ headers: timeless, value: bytes(customerObject()) })).toMatchObject({
      problem: { code: 'not_an_event' },
    })
  })
})
