import { describe, expect, it } from '@jest/globals'
import { suppresses } from './suppression.ts'

const NOW = new Date('2026-11-24T00:00:00.000Z')

describe('a suppressed address', () => {
  it.each([
    ['hard_bounce', 'key', true],
    ['hard_bounce', 'service', true],
    ['complaint', 'service', true],
    ['complaint', 'key', false],
    ['unsubscribed', 'service', false],
    ['unsubscribed', 'optional', true],
    ['operator', 'key', true],
  ] as const)('because of %s gets mail of the kind %s: not = %s', (reason, category, expected) => {
    expect(suppresses({ reason, until: null }, category, NOW)).toBe(expected)
  })

  it('for a time gets mail again after it', () => {
    const until = '2026-11-23T00:00:00.000Z'
    expect(suppresses({ reason: 'soft_bounces', until }, 'service', NOW)).toBe(false)
    expect(suppresses({ reason: 'soft_bounces', until: '2026-11-25T00:00:00.000Z' }, 'service', NOW)).toBe(
      true,
    )
  })
})
