import { describe, expect, it } from '@jest/globals'
import type { ConfigError } from '@keyflow/runtime'
import { config, endpointsOf } from './config.ts'

const A = 'whsec_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
const B = 'whsec_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'
const C = 'whsec_cccccccccccccccccccccccccccccccc'

const problemsOf = (env: Record<string, string>): readonly string[] => {
  try {
    config.load(env)
    return []
  } catch (error) {
    return (error as ConfigError).problems
  }
}

const withEndpoints = (endpoints: unknown): Record<string, string> => ({
  STRIPE_WEBHOOK_SECRET: A,
  STRIPE_WEBHOOK_ENDPOINTS_JSON: JSON.stringify(endpoints),
})

describe('the configuration of ingest', () => {
  it('needs one secret and nothing else', () => {
    const loaded = config.load({ STRIPE_WEBHOOK_SECRET: A })
    expect(endpointsOf(loaded)).toEqual([{ name: 'default', secrets: [A], mode: 'any', account: 'any' }])
    expect(loaded.httpPort).toBe(8787)
    expect(loaded.publishDeadlineMs).toBe(2000)
  })

  it('takes the secrets of a rotation in their order, the secret of a `stripe listen` among them', () => {
    const listen = `whsec_${'0123456789abcdef'.repeat(4)}`
    expect(config.load({ STRIPE_WEBHOOK_SECRET: `${A}, ${listen}` }).webhookSecrets).toEqual([A, listen])
  })

  it('takes further endpoints, each with secrets, mode and account of its own', () => {
    const connect = { secrets: [B, C], mode: 'live', account: 'connect' }
    const loaded = config.load(withEndpoints({ connect, 'acct-9': { secrets: [`${C}x`] } }))
    expect(endpointsOf(loaded).slice(1)).toEqual([
      { name: 'connect', ...connect },
      { name: 'acct-9', secrets: [`${C}x`], mode: 'any', account: 'any' },
    ])
  })

  it.each([
    ['is absent', {}, 'STRIPE_WEBHOOK_SECRET is not set'],
    ['is empty', { STRIPE_WEBHOOK_SECRET: '' }, 'holds an empty secret'],
    ['is blank', { STRIPE_WEBHOOK_SECRET: '  ' }, 'holds an empty secret'],
    ['has an empty place in a rotation', { STRIPE_WEBHOOK_SECRET: `${A},` }, 'holds an empty secret'],
    ['is there twice', { STRIPE_WEBHOOK_SECRET: `${A},${A}` }, 'holds the same secret twice'],
    ['is an API key', { STRIPE_WEBHOOK_SECRET: 'sk_test_1234567890abcdef' }, 'start with whsec_'],
    ['has a blank inside', { STRIPE_WEBHOOK_SECRET: 'whsec_12345678 90abcdef' }, 'no blanks'],
    ['is only the prefix', { STRIPE_WEBHOOK_SECRET: 'whsec_' }, 'start with whsec_'],
    ['is cut off', { STRIPE_WEBHOOK_SECRET: 'whsec_1234' }, 'fewer than 8 characters'],
  ])('refuses to boot when the secret %s', (_, env, problem) => {
    expect(problemsOf(env as Record<string, string>).join()).toContain(problem)
  })

  it.each([
    ['no JSON', '{"connect":', 'must be a JSON object'],
    ['a list', '[]', 'must be a JSON object'],
    ['a name that is no path', JSON.stringify({ 'a/b': { secrets: [B] } }), 'needs a name'],
    [
      'the name of the default endpoint',
      JSON.stringify({ default: { secrets: [B] } }),
      'STRIPE_WEBHOOK_SECRET',
    ],
    ['an endpoint without secrets', JSON.stringify({ connect: {} }), 'holds no secret'],
    ['an endpoint that is a text', JSON.stringify({ connect: B }), 'holds no secret'],
    ['a bad secret', JSON.stringify({ connect: { secrets: [''] } }), 'empty secret'],
    ['secrets that are a text', JSON.stringify({ connect: { secrets: B } }), 'an array "secrets"'],
    ['an unknown mode', JSON.stringify({ connect: { secrets: [B], mode: 'prod' } }), 'mode'],
    ['an unknown account', JSON.stringify({ connect: { secrets: [B], account: 'cus_1' } }), 'account'],
    ['a misspelt key', JSON.stringify({ connect: { secrets: [B], modus: 'live' } }), 'may hold only'],
  ])('refuses to boot when the further endpoints hold %s', (_, text, problem) => {
    const env = { STRIPE_WEBHOOK_SECRET: A, STRIPE_WEBHOOK_ENDPOINTS_JSON: text }
    expect(problemsOf(env).join()).toContain(problem)
  })

  it('refuses one secret for two endpoints: each would accept what was signed for the other', () => {
    expect(problemsOf(withEndpoints({ connect: { secrets: [A] } }))).toEqual([
      'the endpoints "default" and "connect" hold the same secret',
    ])
  })

  it('tells of all problems at once, and quotes no secret', () => {
    const problems = problemsOf({
      STRIPE_WEBHOOK_SECRET: 'sk_live_verysecretindeed',
      STRIPE_WEBHOOK_MODE: 'prod',
      STRIPE_WEBHOOK_ACCOUNT: 'nobody',
      PUBLISH_DEADLINE_MS: 'soon',
      STRIPE_WEBHOOK_ENDPOINTS_JSON: JSON.stringify({ connect: { secrets: ['pk_verysecretindeed'] } }),
    })
    expect(problems).toHaveLength(5)
    expect(problems.join()).not.toContain('verysecretindeed')
  })

  it('shows no secret in the summary that is logged at boot', () => {
    const loaded = config.load(withEndpoints({ connect: { secrets: [B] } }))
    expect(JSON.stringify(config.summary(loaded))).not.toMatch(/whsec_/)
  })
})
