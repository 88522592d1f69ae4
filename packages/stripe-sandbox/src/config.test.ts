import { describe, expect, it } from '@jest/globals'
import { DEFAULT_SIGNING_SECRET, readConfiguration } from './config.ts'

describe('readConfiguration', () => {
  it('starts on the default address with the known secret and in memory when nothing is set', () => {
    expect(readConfiguration({})).toEqual({
      ok: true,
      options: { host: '127.0.0.1', port: 12_111, signingSecret: DEFAULT_SIGNING_SECRET },
    })
  })

  it('signs for the endpoint and for the CLI with the same secret', () => {
    const read = readConfiguration({
      STRIPE_SANDBOX_WEBHOOK_URL: 'http://127.0.0.1:8787/api/v1/webhooks/stripe',
      STRIPE_SANDBOX_WEBHOOK_SECRET: 'whsec_given123',
      STRIPE_SANDBOX_DATA: '/tmp/sandbox',
    })
    expect(read).toMatchObject({
      ok: true,
      options: {
        data: '/tmp/sandbox',
        signingSecret: 'whsec_given123',
        webhook: { secret: 'whsec_given123' },
      },
    })
  })

  it('reports every problem at once and repeats no secret', () => {
    const read = readConfiguration({
      STRIPE_SANDBOX_PORT: '99999',
      STRIPE_SANDBOX_WEBHOOK_URL: 'nowhere',
      STRIPE_SANDBOX_WEBHOOK_SECRET: 'topsecret',
    })
    expect(read.ok).toBe(false)
    const text = read.ok ? '' : read.problems.join('\n')
    expect(text).toMatch(/STRIPE_SANDBOX_PORT[\s\S]*WEBHOOK_URL[\s\S]*WEBHOOK_SECRET/)
    expect(text).not.toContain('topsecret')
  })
})
