import { describe, expect, it } from '@jest/globals'
import { jsonOf } from './record-value.ts'

describe('the value of a record', () => {
  it('is parsed, and is undefined where it is no JSON or not there', () => {
    expect(jsonOf({ value: Buffer.from('{"a":1}') })).toEqual({ a: 1 })
    for (const value of [Buffer.from('{'), Buffer.alloc(0), null]) expect(jsonOf({ value })).toBeUndefined()
  })
})
