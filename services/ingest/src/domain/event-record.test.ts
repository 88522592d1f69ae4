import { describe, expect, it } from '@jest/globals'
import { eventOf } from '../../test/signed-webhook.ts'
import { type Envelope, readEnvelope } from './envelope.ts'
import { recordHeaders, recordKey } from './event-record.ts'

const arrival = { endpoint: 'default', signature: 't=1,v1=ab', receivedAt: 1_790_000_001_234 }
const headersOf = (event: Record<string, unknown>) =>
  recordHeaders(readEnvelope(event) as Envelope, event, arrival)

describe('the record of an event', () => {
  it('carries the attributes of a CloudEvent and what ingest knows of the arrival', () => {
    expect(headersOf(eventOf())).toEqual({
      ce_specversion: '1.0',
      ce_id: 'evt_1',
      ce_source: 'stripe:platform:test',
      ce_type: 'com.stripe.customer.subscription.updated',
      ce_subject: 'sub_1',
      ce_time: '2026-09-21T14:13:20.000Z',
      'content-type': 'application/json',
      ce_account: 'platform',
      ce_livemode: 'false',
      ce_receivedat: '1790000001234',
      ce_apiversion: '2026-10-28.endive',
      ce_endpoint: 'default',
      ce_signature: 't=1,v1=ab',
    })
  })

  it('has no subject where the object has no id, and no version where the event has none', () => {
    const headers = headersOf(eventOf({ api_version: null, data: { object: { object: 'invoice' } } }))
    expect(headers).not.toHaveProperty('ce_subject')
    expect(headers).not.toHaveProperty('ce_apiversion')
  })

  it('is keyed by the customer, within account and mode', () => {
    expect(recordKey(eventOf())).toBe('platform:test:cus_1')
    expect(recordKey(eventOf({ account: 'acct_1', livemode: true }))).toBe('acct_1:live:cus_1')
  })
})
