import { describe, expect, it } from '@jest/globals'
import { checkClock } from './check-clock.ts'
import { checkSecret } from './check-secret.ts'

const NOW = new Date('2026-06-01T00:00:00Z')
const ago = (days: number): Date => new Date(NOW.getTime() - days * 86_400_000)

describe('keyflow doctor', () => {
  it.each([
    [0, 'ok'],
    [-5, 'ok'],
    [6, 'warning'],
    [-60, 'warning'],
    [61, 'problem'],
    [-3600, 'problem'],
    [null, 'skipped'],
  ])('finds a clock that is %s s from Stripe: %s', (skew, verdict) => {
    expect(checkClock(skew).verdict).toBe(verdict)
  })

  it.each([
    ['a fresh secret', 'whsec_a', ago(3), 'ok'],
    ['a secret of unknown age', 'whsec_a', null, 'ok'],
    ['a secret that is more than a year old', 'whsec_a', ago(366), 'warning'],
    ['a rotation of today', 'whsec_b,whsec_a', ago(0), 'ok'],
    ['a rotation that was never finished', 'whsec_b,whsec_a', ago(3), 'warning'],
    ['no secret', undefined, null, 'skipped'],
  ])('judges %s', (_what, secrets, since, verdict) => {
    expect(checkSecret(secrets, since, 'file', NOW).verdict).toBe(verdict)
  })
})
