import { describe, expect, it } from '@jest/globals'
import type { IncomingRecord } from '../kafka/records.ts'
import { toDeadLetterEntry } from './dead-letters.ts'

const record: IncomingRecord = {
  topic: 'stripe.events',
  partition: 3,
  offset: '1204',
  key: 'platform:live:cus_1',
  value: new Uint8Array([0, 255, 10, 13]),
  headers: { ce_id: 'evt_1', traceparent: '00-aa-bb-01', 'dlq-code': 'from_elsewhere' },
  timestamp: 0,
}
const AT = new Date('2026-01-02T03:04:05.000Z')
const letter = { record, code: 'not_json', reason: 'the value is not JSON', sealed: 'kfp1.a.b.c' }

describe('a dead letter on its topic', () => {
  it('keeps key and headers, holds the value sealed, and says who gave it up, when, why and where it lay', () => {
    expect(toDeadLetterEntry('keyflow.dead-letters', 'licensing', letter, AT)).toEqual({
      id: 'dead-letter:stripe.events/3/1204',
      topic: 'keyflow.dead-letters',
      key: 'platform:live:cus_1',
      value: 'kfp1.a.b.c',
      headers: {
        ce_id: 'evt_1',
        traceparent: '00-aa-bb-01',
        'dlq-code': 'not_json',
        'dlq-reason': 'the value is not JSON',
        'dlq-service': 'licensing',
        'dlq-at': '2026-01-02T03:04:05.000Z',
        'dlq-origin': 'stripe.events/3/1204',
      },
    })
  })

  it('of an erased person holds nothing', () => {
    expect(toDeadLetterEntry('t', 's', { ...letter, sealed: null }, AT).value).toEqual(new Uint8Array())
  })
})
