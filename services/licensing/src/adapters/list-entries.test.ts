import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { listEntries } from './list-entries.ts'

describe('the entries of a list answer', () => {
  it('are the bytes that Stripe sent, with its spaces, escapes and numbers', () => {
    const odd = '{ "id":"a\\"}]", "n": 1.50, "data": [1, {"x": "]"}] }'
    const text = `{"object": "list", "about": {"data": [9]}, "data" : [ ${odd},\n {"id":"b"} ], "has_more": false}`
    expect(listEntries(text)).toEqual([odd, '{"id":"b"}'])
  })

  it('are none where there is no list', () => {
    expect(listEntries('{"error": {"data": [{}]}}')).toEqual([])
  })

  it('parse to what the whole answer parses to, whatever objects it holds', () => {
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(fc.string(), fc.jsonValue())),
        fc.constantFrom(undefined, 2),
        (data, indent) => {
          const text = JSON.stringify(
            { object: 'list', note: '"data": [', data, has_more: true },
            null,
            indent,
          )
          expect(listEntries(text).map((entry) => JSON.parse(entry))).toEqual(JSON.parse(text).data)
        },
      ),
    )
  })
})
