import { describe, expect, it } from '@jest/globals'
import { parseForm } from './form-body.ts'

describe('parseForm', () => {
  it('reads nested brackets into objects and arrays', () => {
    expect(
      parseForm('mode=payment&line_items[0][price]=p1&line_items[0][quantity]=2&metadata[a b]=c%26d'),
    ).toEqual({ mode: 'payment', line_items: [{ price: 'p1', quantity: '2' }], metadata: { 'a b': 'c&d' } })
  })

  it('orders array elements by their index, whatever order they came in', () => {
    expect(
      parseForm('items[1][price]=b&items[0][quantity]=3&items[1][quantity]=4&items[0][price]=a'),
    ).toEqual({
      items: [
        { quantity: '3', price: 'a' },
        { price: 'b', quantity: '4' },
      ],
    })
  })

  it('appends elements written with empty brackets', () => {
    expect(parseForm('expand[]=customer&expand[]=latest_invoice')).toEqual({
      expand: ['customer', 'latest_invoice'],
    })
  })

  it('keeps an empty value, which unsets at Stripe', () => {
    expect(parseForm('pause_collection=')).toEqual({ pause_collection: '' })
  })

  it('cannot be used to reach the prototype', () => {
    const form = parseForm(
      '__proto__[polluted]=1&a[__proto__][polluted]=1&constructor[prototype][polluted]=1',
    )
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    expect(Object.getPrototypeOf(form)).toBe(Object.prototype)
  })
})
