import { describe, expect, it } from '@jest/globals'
import { config } from './config.ts'

const PERSONAL_MASTER_KEYS = `test:${Buffer.alloc(32, 5).toString('base64')}`
const load = (env: Readonly<Record<string, string>> = {}) => config.load({ PERSONAL_MASTER_KEYS, ...env })

describe('the configuration of outbound', () => {
  it('calls nobody in a private network, nobody without TLS, and mirrors nothing, unless it says so', () => {
    expect(load()).toMatchObject({
      httpPort: 8791,
      allowedNetworks: [],
      allowHttp: false,
      mirrorKind: 'none',
      silentBefore: 0,
    })
  })

  it('names everything that a mirror lacks, at once', () => {
    for (const missing of ['MIRROR_URL', 'MIRROR_TOKEN', 'MIRROR_KEYGEN_ACCOUNT', 'MIRROR_KEYGEN_POLICIES'])
      expect(() => load({ MIRROR_KIND: 'keygen' })).toThrow(missing)
    expect(() =>
      load({ MIRROR_KIND: 'rest', MIRROR_URL: 'https://x.test', MIRROR_TOKEN: 'x'.repeat(16) }),
    ).not.toThrow()
  })

  it.each([
    ['OUTBOUND_ALLOWED_NETWORKS', '10.0.0.0'],
    ['OUTBOUND_SILENT_BEFORE', 'yesterday'],
    ['MIRROR_URL', 'https://user:secret@x.test'],
    ['MIRROR_KEYGEN_POLICIES', 'pro'],
  ])('refuses a %s of %s', (name, value) => {
    expect(() => load({ [name]: value })).toThrow(name)
  })

  it('reads networks, an instant and policies', () => {
    const loaded = load({
      OUTBOUND_ALLOWED_NETWORKS: '10.0.0.0/8, fd00::/8',
      OUTBOUND_SILENT_BEFORE: '2026-11-24T00:00:00Z',
      MIRROR_KEYGEN_POLICIES: 'starter=a,pro=b',
    })
    expect(loaded.allowedNetworks).toHaveLength(2)
    expect(loaded.silentBefore).toBe(Date.UTC(2026, 10, 24))
    expect(loaded.keygenPolicies.get('pro')).toBe('b')
  })
})
