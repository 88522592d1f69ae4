import { describe, expect, it } from '@jest/globals'
import type { IncomingRecord } from '@keyflow/runtime'
import { decodeRecord } from './decode-record.ts'

const record = (value: unknown): IncomingRecord => ({
  topic: 'stripe.events',
  partition: 0,
  offset: '1',
  key: null,
  value: Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value)),
  headers: {},
  timestamp: 0,
})

const event = (type: string, object: object) => ({
  id: 'evt_1',
  object: 'event',
  type,
  created: 7,
  livemode: true,
  account: 'acct_1',
  data: { object },
})

const INVOICE = { id: 'in_1', object: 'invoice', status: 'open', amount_remaining: 100, lines: { data: [] } }

describe('what dunning takes from a record', () => {
  it('is the debt of a failed invoice, in the shape of any API version', () => {
    const shapes = [
      { ...INVOICE, subscription: 'sub_1' },
      {
        ...INVOICE,
        parent: { type: 'subscription_details', subscription_details: { subscription: 'sub_1' } },
      },
    ]
    for (const invoice of shapes)
      expect(decodeRecord(record(event('invoice.payment_failed', invoice)))).toMatchObject({
        kind: 'item',
        id: 'evt_1',
        item: { cases: [{ id: 'acct_1:live:sub_1', debts: [{ invoice: 'in_1', failedAt: 7 }] }] },
      })
  })

  it('is nothing of an invoice without a subscription, and of events about other things', () => {
    expect(decodeRecord(record(event('invoice.payment_failed', INVOICE))).kind).toBe('ignored')
    expect(decodeRecord(record(event('product.created', { id: 'prod_1' }))).kind).toBe('ignored')
  })

  it('is a dead letter when the record is poison', () => {
    expect(decodeRecord(record(Buffer.from([0, 255])))).toMatchObject({ kind: 'dead', code: 'not_json' })
    expect(decodeRecord(record({ valid: 'json, no event' }))).toMatchObject({
      kind: 'dead',
      code: 'not_an_event',
    })
  })
})
