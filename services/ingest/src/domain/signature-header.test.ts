import { describe, expect, it } from '@jest/globals'
import { judgeAge, parseSignatureHeader } from './signature-header.ts'

const A = 'a'.repeat(64)
const B = 'b'.repeat(64)

describe('the Stripe-Signature header', () => {
  it.each([
    ['one signature', `t=1700000000,v1=${A}`, [A]],
    ['two, while a secret is rolled', `t=1700000000,v1=${A},v1=${B}`, [A, B]],
    ['other schemes beside it, which are ignored', `t=1700000000,v0=${B},v1=${A},v2=${B}`, [A]],
    ['blanks around items', `t=1700000000, v1=${A}`, [A]],
    ['items in any order', `v1=${A},t=1700000000`, [A]],
    ['the header twice, as Node joins it', `t=1700000000,v1=${A}, t=1700000000,v1=${A}`, [A, A]],
    ['a broken item beside a whole one', `t=1700000000,v1=,v1=${A}`, [A]],
  ])('is read: %s', (_, text, signatures) => {
    expect(parseSignatureHeader(text)).toEqual({ timestamp: '1700000000', signatures })
  })

  it.each([
    ['absent', undefined],
    ['empty', ''],
  ])('is missing when %s', (_, text) => {
    expect(parseSignatureHeader(text)).toBe('missing')
  })

  it.each([
    ['no time', `v1=${A}`],
    ['no signature', 't=1700000000'],
    ['an empty signature', 't=1700000000,v1='],
    ['a signature without "="', 't=1700000000,v1'],
    ['only the fake scheme of test mode', `t=1700000000,v0=${A}`],
    ['64 characters that are not ASCII', `t=1700000000,v1=${'é'.repeat(64)}`],
    ['64 characters that are not hexadecimal', `t=1700000000,v1=${'z'.repeat(64)}`],
    ['a signature of 63 digits', `t=1700000000,v1=${A.slice(1)}`],
    ['a time that is no number', `t=soon,v1=${A}`],
    ['a negative time', `t=-5,v1=${A}`],
    ['a time in exponents', `t=1e9,v1=${A}`],
    ['an empty time', `t=,v1=${A}`],
    ['two times that contradict each other', `t=1700000000,t=1700000001,v1=${A}`],
    ['17 signatures', `t=1700000000${`,v1=${A}`.repeat(17)}`],
    ['more than 4 KiB', `t=1700000000,v1=${A},x=${'x'.repeat(4096)}`],
    ['noise', 'hello'],
  ])('is malformed: %s', (_, text) => {
    expect(parseSignatureHeader(text)).toBe('malformed')
  })
})

describe('the age of a signature', () => {
  const header = { timestamp: '1700000000', signatures: [A] }
  it.each([
    [300, undefined],
    [301, 'too_old'],
    [0, undefined],
    [-60, undefined],
    [-61, 'in_future'],
  ])('of %i seconds: %s', (age, verdict) => {
    expect(judgeAge(header, 1_700_000_000 + age)).toBe(verdict)
  })
})
