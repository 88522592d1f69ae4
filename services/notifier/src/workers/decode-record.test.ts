import { describe, expect, it } from '@jest/globals'
import { HEADER } from '@keyflow/contracts'
import type { IncomingRecord } from '@keyflow/runtime'
import { dunningEvent, licenseEvent } from '../../test/samples.ts'
import { createDecodeRecord } from './decode-record.ts'

const decode = createDecodeRecord({
  licenseEvents: 'license.events',
  dunningEvents: 'dunning.events',
  licenseOperations: 'license.operations',
})

const record = (topic: string, value: unknown, headers: Record<string, string> = {}): IncomingRecord => ({
  topic,
  partition: 0,
  offset: '1',
  key: null,
  value: Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value)),
  headers,
  timestamp: 0,
})

const stripeEvent = (type: string, object: object) => ({
  id: 'evt_1',
  object: 'event',
  type,
  created: 1_790_000_000,
  livemode: false,
  data: { object },
})

describe('what the notifier takes from a record', () => {
  it('is the contact that a Stripe event tells', () => {
    const customer = { id: 'cus_1', object: 'customer', livemode: false, email: 'ada@example.com' }
    expect(decode(record('stripe.events', stripeEvent('customer.created', customer)))).toMatchObject({
      kind: 'item',
      id: 'evt_1',
      item: { kind: 'contacts', sources: [{ id: 'platform:test:cus_1' }] },
    })
  })

  it('is nothing of Stripe events that tell no contact', () => {
    expect(decode(record('stripe.events', stripeEvent('product.created', { id: 'prod_1' }))).kind).toBe(
      'ignored',
    )
  })

  it('is the license event with its scoped contact refs and the time of the webhook', () => {
    const event = licenseEvent(1, { encryptedKey: 'jwe' })
    expect(decode(record('license.events', event, { [HEADER.receivedAt]: '1790000000123' }))).toMatchObject({
      kind: 'item',
      id: `license:${event.id}`,
      item: { kind: 'license', refs: ['platform:test:cus_1'], receivedAt: 1_790_000_000_123 },
    })
  })

  it('is how a dunning case stands, with the notice that it asks for', () => {
    const event = dunningEvent(3)
    expect(decode(record('dunning.events', event))).toMatchObject({
      kind: 'item',
      id: `dunning:${event.id}`,
      item: { kind: 'case', event: { notice: { template: 'payment_reminder' } } },
    })
    expect(decode(record('dunning.events', { ...event, seq: 0 }))).toMatchObject({
      kind: 'dead',
      code: 'schema_broken',
    })
  })

  it.each(['stripe.events', 'license.events', 'dunning.events'])(
    'is a dead letter when a record of %s is poison',
    (topic) => {
      expect(decode(record(topic, Buffer.from([0, 255, 1])))).toMatchObject({
        kind: 'dead',
        code: 'not_json',
      })
    },
  )

  it('is a dead letter when a license is issued without its key: there would be nothing to mail', () => {
    expect(decode(record('license.events', licenseEvent(1)))).toMatchObject({
      kind: 'dead',
      code: 'key_missing',
    })
  })
})
