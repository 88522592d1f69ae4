import { describe, expect, it } from '@jest/globals'
import { asItWas } from './previous-attributes.ts'

describe('an object as it was', () => {
  it('takes nested objects partially and arrays whole', () => {
    const now = {
      status: 'active',
      cancel: { reason: null, comment: 'x' },
      items: { data: [1, 2], url: '/u' },
    }
    const was = asItWas(now, { cancel: { reason: 'old' }, items: { data: [9] } })
    expect(was).toEqual({
      status: 'active',
      cancel: { reason: 'old', comment: 'x' },
      items: { data: [9], url: '/u' },
    })
  })

  it('lets null and whole objects replace what is there now', () => {
    expect(asItWas({ pause: { behavior: 'void' }, trial: null }, { pause: null, trial: { end: 1 } })).toEqual(
      {
        pause: null,
        trial: { end: 1 },
      },
    )
  })

  it('leaves both arguments as they are', () => {
    const now = { a: { b: 1 } }
    const previous = { a: { b: 0 } }
    asItWas(now, previous)
    expect([now, previous]).toEqual([{ a: { b: 1 } }, { a: { b: 0 } }])
  })

  it('cannot be made to set a prototype', () => {
    const hostile = JSON.parse('{"__proto__":{"id":"cus_evil"},"a":{"__proto__":{"admin":true}}}')
    const was = asItWas({ a: { b: 1 } }, hostile)
    expect(was.id).toBeUndefined()
    expect((was.a as Record<string, unknown>).admin).toBeUndefined()
    expect(({} as Record<string, unknown>).admin).toBeUndefined()
  })

  it('survives any depth of nesting', () => {
    const deep = (levels: number, leaf: number): string =>
      `${'{"a":'.repeat(levels)}${leaf}${'}'.repeat(levels)}`
    const now = JSON.parse(deep(50_000, 1))
    expect(asItWas(now, JSON.parse(deep(50_000, 0)))).toHaveProperty('a')
  })
})
