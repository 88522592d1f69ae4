import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { mergeAll } from './fold.ts'
import type { DismissalFact } from './ledger-fact.ts'
import { NO_FACTS } from './ledger-facts.ts'

const dismissals = fc.array(
  fc.record({
    id: fc.constantFrom('op_1', 'op_2', 'op_3'),
    at: fc.integer({ min: 1, max: 3 }),
    review: fc.constantFrom('r1', 'r2'),
  }),
  { minLength: 1, maxLength: 8 },
)

const toFact = (state: { id: string; at: number; review: string }): DismissalFact => ({
  kind: 'dismissal',
  scope: { account: 'platform', livemode: true },
  state: { ...state, ref: 'sub_1', actor: state.id, reason: 'seen' },
})

describe('dismissed reviews', () => {
  it('are closed by whoever was first, in whatever order and however often it is told', () => {
    fc.assert(
      fc.property(dismissals, fc.infiniteStream(fc.nat()), (told, random) => {
        const shuffled = told
          .map((one) => ({ one, by: random.next().value as number }))
          .sort((a, b) => a.by - b.by)
          .map(({ one }) => one)
        const inOrder = mergeAll(NO_FACTS, told.map(toFact)).dismissals
        expect(mergeAll(NO_FACTS, [...shuffled, ...told].map(toFact)).dismissals).toEqual(inOrder)
        for (const [review, { at }] of Object.entries(inOrder))
          expect(at).toBe(Math.min(...told.filter((one) => one.review === review).map((one) => one.at)))
      }),
    )
  })
})
