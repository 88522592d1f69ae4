import { describe, expect, it } from '@jest/globals'
import { asId, asInstant, asInteger, asList, asObject, idOf, parseJson } from './json.ts'

describe('readers of JSON', () => {
  it('take an object only where it is one', () => {
    expect([{}, [], null, 'x', 7, undefined].map((value) => asObject(value) !== null)).toEqual([
      true,
      false,
      false,
      false,
      false,
      false,
    ])
  })

  it('take an id of 1 to 255 characters and never the name of the prototype', () => {
    expect(asId('cus_1')).toBe('cus_1')
    expect(asId('x'.repeat(255))).toHaveLength(255)
    for (const none of ['', 'x'.repeat(256), '__proto__', 7, null, ['cus_1'], { id: 'cus_1' }])
      expect(asId(none)).toBeNull()
  })

  it('take integers that are exact, of either sign', () => {
    expect([-9000, 0, 2 ** 53 - 1].map(asInteger)).toEqual([-9000, 0, 2 ** 53 - 1])
    expect(Object.is(asInteger(-0), 0)).toBe(true)
    for (const none of [Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, 1.5, '1', true, null])
      expect(asInteger(none)).toBeNull()
  })

  it('take instants that a date can show: not negative, not past the year 9999', () => {
    const last = 253_402_300_799
    expect(asInstant(last)).toBe(last)
    expect(new Date(last * 1000).toISOString()).toBe('9999-12-31T23:59:59.000Z')
    expect(asInstant(last + 1)).toBeNull()
    expect(asInstant(-1)).toBeNull()
  })

  it('take the id of a reference as text or expanded', () => {
    expect(idOf('cus_1')).toBe('cus_1')
    expect(idOf({ id: 'cus_1', deleted: true })).toBe('cus_1')
    expect(idOf({ id: { id: 'cus_1' } })).toBeNull()
    expect(idOf(['cus_1'])).toBeNull()
  })

  it('know when a list embeds only its first page', () => {
    expect(asList({ data: [1], has_more: false, total_count: 1 })?.complete).toBe(true)
    expect(asList({ data: [1], has_more: true })?.complete).toBe(false)
    expect(asList({ data: [1], total_count: 12 })?.complete).toBe(false)
    expect(asList({ data: [1], count: 3 })?.complete).toBe(false)
    expect(asList([1])).toEqual({ data: [1], complete: true })
    expect(asList({ data: {} })).toBeNull()
  })

  it('refuse text and bytes that are no JSON, and bytes that are no UTF-8', () => {
    expect(parseJson('{"a":1}')).toEqual({ a: 1 })
    expect(parseJson(new TextEncoder().encode('{"a":"é"}'))).toEqual({ a: 'é' })
    expect(parseJson('{"a":')).toBeUndefined()
    expect(parseJson(new Uint8Array([0x22, 0xff, 0x22]))).toBeUndefined()
  })
})
