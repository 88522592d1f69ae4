import { describe, expect, it } from '@jest/globals'
import Stripe from 'stripe'
import { signatureHeader } from './sign.ts'

const BODY = '{"id":"evt_1","object":"event","type":"ping"}'
const now = Math.floor(Date.now() / 1000)
const { webhooks } = new Stripe('sk_test_signatures')

describe('signatureHeader', () => {
  it("is accepted by Stripe's own verifier", () => {
    const header = signatureHeader(BODY, ['whsec_current'], now)
    expect(webhooks.constructEvent(BODY, header, 'whsec_current').id).toBe('evt_1')
  })

  it('carries one signature for each secret while a secret is rolled', () => {
    const header = signatureHeader(BODY, ['whsec_new', 'whsec_old'], now)
    expect(header.match(/v1=/g)).toHaveLength(2)
    expect(webhooks.constructEvent(BODY, header, 'whsec_new').id).toBe('evt_1')
    expect(webhooks.constructEvent(BODY, header, 'whsec_old').id).toBe('evt_1')
  })

  it('is refused for another body, another secret or another time', () => {
    const header = signatureHeader(BODY, ['whsec_current'], now)
    expect(() => webhooks.constructEvent(`${BODY} `, header, 'whsec_current')).toThrow()
    expect(() => webhooks.constructEvent(BODY, header, 'whsec_other')).toThrow()
    expect(() =>
      webhooks.constructEvent(BODY, header.replace(`t=${now}`, `t=${now - 1}`), 'whsec_current'),
    ).toThrow()
  })
})
