import { describe, expect, it } from '@jest/globals'
import { onBehalfOf, stripeAddress, stripeKeyFor } from './stripe-connection.ts'

describe('the connection to Stripe', () => {
  it('goes where it is told, by the port that the protocol has unless another is named', () => {
    expect(stripeAddress('https://api.stripe.com')).toEqual({
      host: 'api.stripe.com',
      port: 443,
      protocol: 'https',
    })
    expect(stripeAddress('http://127.0.0.1:12111')).toEqual({
      host: '127.0.0.1',
      port: 12_111,
      protocol: 'http',
    })
    expect(stripeAddress('http://sandbox').port).toBe(80)
  })

  it('takes the key of the mode, and none where there is none', () => {
    const keys = ['sk_test_1', 'rk_live_2']
    expect([stripeKeyFor(keys, true), stripeKeyFor(keys, false)]).toEqual(['rk_live_2', 'sk_test_1'])
    expect(stripeKeyFor(['sk_test_1'], true)).toBeUndefined()
  })

  it('acts for a connected account, and for nobody else on the platform itself', () => {
    expect(onBehalfOf({ account: 'acct_1' })).toEqual({ stripeAccount: 'acct_1' })
    expect(onBehalfOf({ account: 'platform' })).toEqual({})
  })
})
