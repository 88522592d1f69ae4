import { describe, expect, it } from '@jest/globals'
import { retryAfterMs } from './attempt.ts'
import { type Endpoint, isActive, isSustained, wants } from './endpoint.ts'
import { readEndpointUrl } from './endpoint-url.ts'
import { licensePayload, testPayload } from './event-payload.ts'

const endpoint: Endpoint = {
  id: 'we_1',
  version: 1,
  changeId: 'c',
  url: 'https://example.com/',
  description: '',
  eventTypes: null,
  livemode: null,
  enabled: true,
  deleted: false,
  secrets: [],
  createdAt: '2026-11-01T00:00:00.000Z',
  updatedAt: '2026-11-01T00:00:00.000Z',
  actor: 'a',
  reason: 'r',
  failingSince: null,
  failures: 0,
  disabledFor: null,
  disabledAt: null,
}
const at = Date.parse('2026-11-02T00:00:00.000Z')
const event = testPayload('t', true, at, '2026-11-02T00:00:00.000Z')

describe('an endpoint', () => {
  it('wants what it has asked for, of its mode, since it was made', () => {
    expect(wants(endpoint, event)).toBe(true)
    expect(wants({ ...endpoint, eventTypes: ['license.issued'] }, event)).toBe(false)
    expect(wants({ ...endpoint, livemode: false }, event)).toBe(false)
    expect(wants({ ...endpoint, createdAt: '2026-11-03T00:00:00.000Z' }, event)).toBe(false)
    expect(wants({ ...endpoint, deleted: true }, event)).toBe(false)
  })

  it('is active until somebody or something switches it off', () => {
    expect(isActive(endpoint)).toBe(true)
    for (const off of [{ enabled: false }, { deleted: true }, { disabledFor: 'gone' as const }])
      expect(isActive({ ...endpoint, ...off })).toBe(false)
  })

  it('has failed for too long only by time and by number', () => {
    const policy = { afterMs: 1000, minFailures: 10 }
    expect(isSustained(0, 10, 1000, policy)).toBe(true)
    expect(isSustained(0, 9, 1000, policy)).toBe(false)
    expect(isSustained(1, 99, 1000, policy)).toBe(false)
    expect(isSustained(null, 99, 1000, policy)).toBe(false)
  })

  it.each([
    ['ftp://example.com/', 'must begin with https://'],
    ['http://example.com/', 'must begin with https://'],
    ['https://user:secret@example.com/', 'must not hold a user name or password'],
    ['https://example.com/#part', 'must not hold a fragment'],
    ['example.com', 'is no URL'],
  ])('cannot be at %s', (url, problem) => {
    expect(readEndpointUrl(url, false)).toEqual({ ok: false, problem })
  })

  it('may be reached without TLS where that is allowed', () => {
    expect(readEndpointUrl('http://example.com', true)).toEqual({ ok: true, url: 'http://example.com/' })
  })
})

describe('what a receiver is told', () => {
  it('holds neither the key nor whom to write to, nor a field that nobody named', () => {
    const told = licensePayload({
      id: 'l:1',
      type: 'license.issued',
      at: '2026-11-02T00:00:00.000Z',
      encryptedKey: 'sealed-key',
      contactRefs: ['cus_secret'],
      livemode: true,
      unheard: 'of',
    } as unknown as Parameters<typeof licensePayload>[0])
    expect(told).toMatchObject({ id: 'l:1', type: 'license.issued', at })
    expect(told.body).not.toMatch(/sealed-key|cus_secret|unheard/)
  })
})

describe('Retry-After', () => {
  it('is read as seconds or as a date, and not at all when it is neither', () => {
    expect(retryAfterMs('120', 0)).toBe(120_000)
    expect(retryAfterMs('Thu, 01 Jan 1970 00:01:00 GMT', 0)).toBe(60_000)
    for (const odd of [undefined, '', 'soon', '-5', '0', 'Thu, 01 Jan 1970 00:00:00 GMT'])
      expect(retryAfterMs(odd, 1000)).toBeNull()
  })
})
