import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { canonical } from './register.ts'
import { sameJson } from './same-json.ts'

describe('sameJson', () => {
  it('agrees with comparing sorted JSON text, for equal and for unequal values', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.jsonValue({ maxDepth: 3 }), (a, b) => {
        expect(sameJson(a, JSON.parse(canonical(a)))).toBe(true)
        expect(sameJson(a, b)).toBe(canonical(a) === canonical(b))
      }),
    )
  })

  it('sees a change of one leaf', () => {
    expect(sameJson({ a: [{ b: 1, c: null }] }, { a: [{ c: null, b: 1 }] })).toBe(true)
    expect(sameJson({ a: [{ b: 1, c: null }] }, { a: [{ b: 1 }] })).toBe(false)
    expect(sameJson({ a: 1 }, { a: 1, b: 2 })).toBe(false)
    expect(sameJson([], {})).toBe(false)
    expect(sameJson({ a: 1, b: undefined }, { a: 1 })).toBe(true)
  })
})
