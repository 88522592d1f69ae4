import { describe, expect, it } from '@jest/globals'
import { keyflowHeaders } from './keyflow-headers.ts'

const head = {
  id: 'op_1',
  source: 'keyflow/licensing/api',
  type: 'review.dismissed',
  subject: 'r1',
  at: '2026-11-24T00:00:00.000Z',
}

describe('the headers of our own records', () => {
  it('name the CloudEvents attributes, the scope among them', () => {
    expect(keyflowHeaders({ ...head, scope: { account: 'acct_1', livemode: false } })).toEqual({
      ce_specversion: '1.0',
      ce_id: 'op_1',
      ce_source: 'keyflow/licensing/api',
      ce_type: 'io.keyflow.review.dismissed.v1',
      ce_subject: 'r1',
      ce_time: '2026-11-24T00:00:00.000Z',
      ce_account: 'acct_1',
      ce_livemode: 'false',
      'content-type': 'application/json',
    })
  })

  it('name no account for what belongs to none', () => {
    expect(keyflowHeaders(head)).not.toHaveProperty('ce_account')
  })
})
