import { describe, it } from '@jest/globals'
import fc from 'fast-check'
import { type ActivationFact, mergeActivation, NO_ACTIVATIONS } from './activations.ts'

/** What one authority says about six places, one seq after the other. */
const history = fc
  .array(fc.record({ place: fc.integer({ min: 0, max: 5 }), active: fc.boolean() }), { maxLength: 40 })
  .map((steps) =>
    steps.map(({ place, active }, i): ActivationFact => {
      const kind = place % 2 === 0 ? 'domain' : 'machine'
      return { kind, value: `p${place}`, active, at: i, seq: i + 1 }
    }),
  )

const fold = (facts: readonly ActivationFact[]) => facts.reduce(mergeActivation, NO_ACTIVATIONS)

describe('the records of activations', () => {
  it('give the same places in any order and any number of times', () => {
    fc.assert(
      fc.property(
        history.chain((facts) =>
          fc.tuple(fc.constant(facts), fc.shuffledSubarray([...facts, ...facts], { minLength: 0 })),
        ),
        ([facts, shuffled]) => {
          const all = fold([...shuffled, ...facts.toReversed()])
          return JSON.stringify(all) === JSON.stringify(fold(facts))
        },
      ),
    )
  })
})
