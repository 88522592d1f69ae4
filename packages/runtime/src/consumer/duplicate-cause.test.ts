import { describe, expect, it } from '@jest/globals'
import { causeOfDuplicate } from './duplicate-cause.ts'

const created = Date.parse('2026-01-01T00:00:00Z')
const stripe = {
  ce_type: 'com.stripe.invoice.paid',
  ce_time: '2026-01-01T00:00:00.000Z',
  ce_endpoint: 'default',
  ce_receivedat: String(created + 60_000),
}
const record = (headers: Record<string, string>, offset = '9') => ({
  topic: 'stripe.events',
  partition: 0,
  offset,
  key: null,
  value: null,
  headers,
  timestamp: created,
})
const earlier = { origin: 'stripe.events/0/3', endpoint: 'default' }

describe('why a duplicate came', () => {
  it.each([
    ['the same record again', record(stripe, '3'), 'kafka_redelivery'],
    ['a further delivery to the same endpoint', record(stripe), 'stripe_retry'],
    ['a delivery to another endpoint', record({ ...stripe, ce_endpoint: 'second' }), 'endpoint_overlap'],
    [
      'a delivery after the retries have ended',
      record({ ...stripe, ce_receivedat: String(created + 4 * 86_400_000) }),
      'manual_resend',
    ],
    ['what the reconciler appended', record({ ...stripe, ce_obtained: 'events_api' }), 'replay'],
    ['what was redriven', record({ ...stripe, 'redrive-of': 'stripe.events/0/1' }), 'replay'],
    [
      'an outbox row that was published twice',
      record({ ce_type: 'io.keyflow.license.issued.v1' }),
      'republished',
    ],
  ])('%s', (_what, again, cause) => {
    expect(causeOfDuplicate(again, earlier)).toBe(cause)
  })

  it('within one batch is a retry: nothing is known of the first but that it is there', () => {
    expect(causeOfDuplicate(record(stripe), undefined)).toBe('stripe_retry')
  })
})
