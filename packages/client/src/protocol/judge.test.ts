import { describe, expect, it } from '@jest/globals'
import { AT, activated, CAUSES, DAY, GOOD } from '../../test/verdict-causes.ts'
import { locksFor, VALIDATION_CODES } from './codes.ts'
import { judge } from './judge.ts'
import type { JudgedLicense, Question } from './judged-license.ts'

const answer = (license: Partial<JudgedLicense> | null, question: Question = {}) =>
  judge(license === null ? null : { ...GOOD, ...license }, question, AT)
const codeOf = (...args: Parameters<typeof answer>) => answer(...args).code

type Cause = readonly [license: Partial<JudgedLicense>, question: Question | undefined]

/** They are values of the same field, or one needs that the other names nothing. */
const cannotMeet = ([a, p = {}]: Cause, [b, q = {}]: Cause): boolean =>
  Object.keys(a).some((key) => key in b) ||
  Object.keys(p).some((key) => key in q) ||
  [a.binding, b.binding].some((bound) => bound !== undefined && (bound in p || bound in q))

describe('the verdict', () => {
  it('on no license is NOT_FOUND, on a good one VALID, and on one in grace GRACE', () => {
    expect(answer(null)).toMatchObject({ code: 'NOT_FOUND', valid: false, locks: true })
    expect(answer({})).toMatchObject({ code: 'VALID', valid: true, locks: false, warnings: [] })
    expect(answer({ standing: 'grace', validThrough: null })).toMatchObject({ code: 'GRACE', valid: true })
  })

  it.each(CAUSES.map(([code, license, question]) => ({ code, license, question })))(
    'is $code for its own cause',
    ({ code, license, question }) => {
      expect(answer(license, question)).toMatchObject({ code, valid: false })
    },
  )

  it('is decided by the first cause in the order of the codes, whatever else holds', () => {
    const order = new Map(VALIDATION_CODES.map((code, index) => [code as string, index]))
    for (const [i, [first, a, p]] of CAUSES.entries())
      for (const [second, b, q] of CAUSES.slice(i + 1)) {
        if (cannotMeet([a, p], [b, q])) continue
        const expected = [first, second].sort((x, y) => (order.get(x) ?? 0) - (order.get(y) ?? 0))[0]
        expect({ first, second, code: codeOf({ ...a, ...b }, { ...p, ...q }) }).toEqual({
          first,
          second,
          code: expected,
        })
      }
  })

  it('covers every code', () => {
    const covered = new Set([...CAUSES.map(([code]) => code), 'NOT_FOUND', 'GRACE', 'VALID'])
    expect([...covered].sort()).toEqual([...VALIDATION_CODES].sort())
  })

  it('locks only for what says something about the customer', () => {
    const locking = VALIDATION_CODES.filter((code) => locksFor(code, false))
    expect(locking).toEqual([
      'NOT_FOUND',
      'KEY_ROTATED',
      'REVOKED',
      'SUSPENDED',
      'PENDING_PAYMENT',
      'PRODUCT_SCOPE_MISMATCH',
      'ENVIRONMENT_MISMATCH',
      'EXPIRED',
      'TOO_MANY_DOMAINS',
      'TOO_MANY_ACTIVATIONS',
      'TOO_MANY_SEATS',
    ])
    expect(VALIDATION_CODES.some((code) => locksFor(code, true))).toBe(false)
  })

  it('on an earlier key is what it would be on the new one, until the overlap ends', () => {
    const rotated = { at: AT - DAY, overlapEndsAt: AT + 1 }
    expect(answer({ rotated })).toMatchObject({ code: 'KEY_ROTATED', valid: true, locks: false })
    expect(answer({ rotated, standing: 'grace' })).toMatchObject({ code: 'KEY_ROTATED', warnings: ['GRACE'] })
    expect(answer({ rotated, standing: 'revoked' })).toMatchObject({ code: 'REVOKED', valid: false })
    expect(judge({ ...GOOD, rotated }, {}, AT + 1)).toMatchObject({
      code: 'KEY_ROTATED',
      valid: false,
      locks: true,
    })
  })

  it('after a downgrade refuses only those that came after the limit', () => {
    const at = (rank: number, mayExceed = false) =>
      answer({ domain: { ...activated, used: 7, rank, mayExceed } }, { domain: 'a.example' })
    expect([1, 2, 3, 4, 7].map((rank) => at(rank).valid)).toEqual([true, true, true, false, false])
    expect(at(5).activation).toEqual({ limit: 3, used: 7, rank: 5 })
    expect(at(5, true)).toMatchObject({ valid: true, code: 'VALID', warnings: ['OVER_LIMIT'] })
  })

  it('names the entitlements that are missing', () => {
    expect(answer({}, { entitlements: ['sso', 'updates', 'audit'] }).missing).toEqual(['sso', 'audit'])
  })

  it('leaves releases from within the maintenance usable for ever', () => {
    const perpetual = { validThrough: null, maintenanceEndsAt: AT - 300 * DAY }
    expect(codeOf(perpetual, { releasedAt: AT - 301 * DAY })).toBe('VALID')
    expect(codeOf(perpetual)).toBe('VALID')
  })

  it('warns of what is coming', () => {
    const license = { trialEndsAt: AT + DAY, cancelAt: AT + DAY, validThrough: AT + DAY }
    expect(answer(license).warnings).toEqual(['TRIAL', 'CANCEL_SCHEDULED', 'EXPIRING'])
  })
})
