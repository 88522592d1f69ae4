import { describe, expect, it } from '@jest/globals'
import { previousAttributes } from './previous-attributes.ts'

describe('previousAttributes', () => {
  it('says nothing where nothing changed', () => {
    expect(previousAttributes({ a: 1, b: { c: [1] } }, { a: 1, b: { c: [1] } })).toEqual({})
  })

  it('gives only the changed keys of a hash, and null for a key that was not there', () => {
    expect(
      previousAttributes(
        { metadata: { kept: '1', changed: 'old' } },
        { metadata: { kept: '1', changed: 'new', added: 'x' } },
      ),
    ).toEqual({ metadata: { changed: 'old', added: null } })
  })

  it('gives the whole old data of a list when one element changed', () => {
    const list = (quantity: number) => ({
      object: 'list',
      data: [
        { id: 'si_1', quantity },
        { id: 'si_2', quantity: 1 },
      ],
      has_more: false,
    })
    expect(previousAttributes({ items: list(1) }, { items: list(2) })).toEqual({
      items: { data: list(1).data },
    })
  })

  it('gives a whole array, and null where an object took the place of nothing', () => {
    expect(
      previousAttributes({ locales: ['de'], address: null }, { locales: [], address: { city: 'Bonn' } }),
    ).toEqual({ locales: ['de'], address: null })
  })
})
