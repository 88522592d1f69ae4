import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { classify, failureCode } from './classify.ts'

/** Any value, errors with odd properties, and objects that fight back when looked at. */
const thrown: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  thing: fc.oneof(
    { depthSize: 'small' },
    fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true }),
    fc
      .record({ name: fc.anything(), code: fc.anything(), cause: tie('thing'), errors: tie('thing') })
      .map((odd) => Object.assign(new Error('odd'), odd)),
    fc.constant({
      get name() {
        throw new Error('do not look')
      },
    }),
    fc.constant(
      Object.defineProperty(new Error('x'), 'name', {
        get: () => {
          throw new Error('do not look')
        },
      }),
    ),
    fc.constant({
      name: 'MongoServerError',
      hasErrorLabel: () => {
        throw new Error('no labels')
      },
    }),
  ),
})).thing

describe('classification', () => {
  it('is total: whatever is thrown gets a kind and a short code, and nothing is thrown', () => {
    fc.assert(
      fc.property(thrown, (error) => {
        expect(['transient', 'invalid', 'bug']).toContain(classify(error))
        expect(failureCode(error)).toMatch(/^[A-Za-z0-9_]{1,60}$/)
      }),
      { numRuns: 2000 },
    )
  })
})
