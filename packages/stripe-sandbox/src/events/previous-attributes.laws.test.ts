import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { previousAttributes } from './previous-attributes.ts'

const scalar = fc.oneof(fc.constant(null), fc.boolean(), fc.integer(), fc.string())
const keys = fc.constantFrom('id', 'status', 'metadata', 'details', 'tags')
const hash = (value: fc.Arbitrary<Json>): fc.Arbitrary<JsonObject> =>
  fc.dictionary(keys, value, { noNullPrototype: true })
const object = hash(fc.oneof(scalar, fc.array(scalar), hash(fc.oneof(scalar, hash(scalar)))))

/** What a reader does with `previous_attributes`; null and absent mean the same. */
const goBack = (after: JsonObject, previous: JsonObject): JsonObject => {
  const before: Record<string, Json> = { ...after }
  for (const [key, was] of Object.entries(previous)) {
    const is = after[key]
    before[key] = isJsonObject(was) && isJsonObject(is) ? goBack(is, was) : was
  }
  return before
}

const withoutNulls = (value: Json): Json =>
  isJsonObject(value)
    ? Object.fromEntries(
        Object.entries(value)
          .filter(([, member]) => member !== null)
          .map(([key, member]) => [key, withoutNulls(member)] as const)
          .sort(([a], [b]) => a.localeCompare(b)),
      )
    : value

describe('previousAttributes', () => {
  it('is enough to reconstruct what was before', () => {
    fc.assert(
      fc.property(object, object, (before, after) => {
        const back = goBack(after, previousAttributes(before, after))
        expect(withoutNulls(back)).toEqual(withoutNulls(before))
      }),
    )
  })
})
