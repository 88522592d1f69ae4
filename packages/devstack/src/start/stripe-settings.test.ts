import { describe, expect, it } from '@jest/globals'
import { stripeSettings } from './stripe-settings.ts'

const SANDBOX = 'http://127.0.0.1:12111'
const settings = (env: Record<string, string>) =>
  stripeSettings(env, { STRIPE_WEBHOOK_SECRET: 'whsec_developmentOwn' }, SANDBOX)

describe('which Stripe npm start talks to', () => {
  it('is the sandbox, which signs with the secret that ingest checks', () => {
    const { webhookSecret, sandboxSecret, apiBase, apiKey, sandboxDelivers, replaced } = settings({})
    expect([webhookSecret, sandboxSecret]).toEqual(['whsec_developmentOwn', 'whsec_developmentOwn'])
    expect([apiBase, sandboxDelivers, replaced]).toEqual([SANDBOX, true, []])
    expect(apiKey).toMatch(/^sk_test_\w{8,}$/)
  })

  it('is a real account when a key is given: that key is never sent to the sandbox', () => {
    const { apiKey, apiBase, sandboxDelivers } = settings({ STRIPE_API_KEY: 'rk_live_given1234' })
    expect([apiKey, apiBase, sandboxDelivers]).toEqual(['rk_live_given1234', 'https://api.stripe.com', false])
  })

  it('goes where STRIPE_API_BASE says', () => {
    const { apiBase } = settings({ STRIPE_API_BASE: 'http://127.0.0.1:9999', STRIPE_API_KEY: 'sk_test_x' })
    expect(apiBase).toBe('http://127.0.0.1:9999')
  })

  it('may be any sender with a given secret; the sandbox then signs with it too, in its CLI sessions as well', () => {
    const given = settings({ STRIPE_WEBHOOK_SECRET: 'whsec_newOne1234, whsec_oldOne1234' })
    expect(given.webhookSecret).toBe('whsec_newOne1234, whsec_oldOne1234')
    expect(given.sandboxSecret).toBe('whsec_newOne1234')
    expect([given.apiBase, given.sandboxDelivers]).toEqual([SANDBOX, true])
  })

  it('names what was replaced, so that nobody wonders why nothing is bought', () => {
    expect(settings({ STRIPE_WEBHOOK_SECRET: 'whsec_given1234', STRIPE_API_KEY: ' ' }).replaced).toEqual([
      'STRIPE_WEBHOOK_SECRET',
    ])
  })
})
