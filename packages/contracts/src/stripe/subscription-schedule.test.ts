import { describe, expect, it } from '@jest/globals'
import { identitiesOf } from '../facts/identities.ts'
import { readStripeEventObject } from './read-stripe.ts'

const read = (object: object, type = 'subscription_schedule.updated') =>
  readStripeEventObject({
    id: 'evt_1',
    object: 'event',
    type,
    created: 1_790_000_000,
    livemode: true,
    data: { object },
  })

const SCHEDULE = {
  id: 'sub_sched_1',
  object: 'subscription_schedule',
  customer: 'cus_1',
  subscription: 'sub_1',
  status: 'active',
  current_phase: { start_date: 100, end_date: 200 },
  phases: [
    { start_date: 200, end_date: 300, items: [{ price: 'price_b', quantity: 2 }] },
    { start_date: 100, end_date: 200, items: [{ price: { id: 'price_a', object: 'price' }, quantity: 1 }] },
  ],
}

describe('subscription schedules', () => {
  it('tell their phases in order of time, with price and quantity', () => {
    expect(read(SCHEDULE)).toMatchObject({
      ok: true,
      facts: [
        {
          kind: 'subscription_schedule',
          state: {
            subscription: 'sub_1',
            status: 'active',
            currentPhaseEnd: 200,
            phases: [
              { startsAt: 100, items: [{ price: { id: 'price_a' }, quantity: 1 }] },
              { startsAt: 200, items: [{ price: { id: 'price_b' }, quantity: 2 }] },
            ],
          },
        },
      ],
    })
  })

  it('belong to the subscription that they were released from', () => {
    const released = { ...SCHEDULE, status: 'released', subscription: null, released_subscription: 'sub_1' }
    const result = read(released, 'subscription_schedule.released')
    expect(result.ok ? result.facts.flatMap(identitiesOf) : []).toEqual(['cus_1', 'sub_1', 'sub_sched_1'])
  })

  it('read the plans of versions before prices, and refuse phases that are no list', () => {
    const old = { ...SCHEDULE, phases: [{ start_date: 100, plans: [{ plan: 'plan_a', quantity: 1 }] }] }
    expect(read(old)).toMatchObject({
      facts: [{ state: { phases: [{ items: [{ price: { id: 'plan_a' } }] }] } }],
    })
    expect(read({ ...SCHEDULE, phases: 'x' })).toMatchObject({
      ok: false,
      problem: { code: 'malformed_object' },
    })
  })
})
