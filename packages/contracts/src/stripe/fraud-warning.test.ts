import { describe, expect, it } from '@jest/globals'
import { identitiesOf } from '../facts/identities.ts'
import { readStripeEventObject } from './read-stripe.ts'

const event = (object: object) => ({
  id: 'evt_1',
  object: 'event',
  type: 'radar.early_fraud_warning.created',
  created: 1_790_000_000,
  livemode: true,
  data: { object },
})

describe('early fraud warnings', () => {
  it('name the charge that they are about, and join it by that', () => {
    const warning = {
      id: 'issfr_1',
      object: 'radar.early_fraud_warning',
      charge: { id: 'ch_1', object: 'charge' },
      actionable: true,
      fraud_type: 'made_with_stolen_card',
    }
    const read = readStripeEventObject(event(warning))
    expect(read).toMatchObject({
      ok: true,
      facts: [
        {
          kind: 'fraud_warning',
          state: {
            id: 'issfr_1',
            charge: 'ch_1',
            paymentIntent: null,
            actionable: true,
            fraudType: 'made_with_stolen_card',
          },
        },
      ],
    })
    expect(read.ok ? read.facts.flatMap(identitiesOf) : []).toEqual(['ch_1'])
  })

  it('are settled once they are not actionable, and malformed without an id', () => {
    const settled = { id: 'issfr_1', object: 'radar.early_fraud_warning', charge: 'ch_1', actionable: false }
    expect(readStripeEventObject(event(settled))).toMatchObject({ facts: [{ state: { actionable: false } }] })
    expect(readStripeEventObject(event({ object: 'radar.early_fraud_warning' }))).toMatchObject({
      ok: false,
      problem: { code: 'malformed_object' },
    })
  })
})
