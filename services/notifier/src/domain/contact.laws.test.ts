import { describe, expect, it } from '@jest/globals'
import type { Fact } from '@keyflow/contracts'
import fc from 'fast-check'
import { charge, customer, invoice, session } from '../../test/samples.ts'
import { chooseContact } from './choose-contact.ts'
import { type ContactSource, contactSourcesIn, mergeContactSources } from './contact.ts'

const seen = fc.record({ at: fc.nat(4), eventId: fc.nat(6).map((n) => `evt_${n}`) })
const email = fc.constantFrom(null, 'a@example.com', 'b@example.com', 'not an address')
const name = fc.constantFrom(null, 'Ada', 'Grace')

const fact: fc.Arbitrary<Fact> = fc.oneof(
  fc
    .tuple(email, name, fc.boolean(), seen)
    .map(([e, n, deleted, s]) => customer({ email: e, name: n, deleted }, s)),
  fc
    .tuple(email, fc.constantFrom('sub_1', null), seen)
    .map(([e, sub, s]) => session({ email: e, subscription: sub }, s)),
  fc.tuple(email, fc.constantFrom('in_1', 'in_2'), seen).map(([e, id, s]) => invoice({ id, email: e }, s)),
  fc.tuple(email, seen).map(([e, s]) => charge({ email: e }, s)),
)

const fold = (batches: readonly (readonly Fact[])[]): ReadonlyMap<string, ContactSource> => {
  const known = new Map<string, ContactSource>()
  for (const batch of batches)
    for (const source of contactSourcesIn(batch))
      known.set(source.id, mergeContactSources(known.get(source.id), source))
  return known
}

/** One event never says two things of one object: that would be no history. */
const consistent = (facts: readonly Fact[]): Fact[] => [
  ...new Map(facts.map((f) => [`${f.kind}:${f.state.id}:${f.observed.eventId}`, f])).values(),
]

describe('contacts', () => {
  it('come out the same in any order, with duplicates, in any batches', () => {
    fc.assert(
      fc.property(
        fc
          .array(fact, { maxLength: 12 })
          .map(consistent)
          .chain((facts) =>
            fc.record({
              facts: fc.constant(facts),
              shuffled: fc.shuffledSubarray([...facts, ...facts], {
                minLength: facts.length * 2,
                maxLength: facts.length * 2,
              }),
              size: fc.integer({ min: 1, max: 5 }),
            }),
          ),
        ({ facts, shuffled, size }) => {
          const batches = Array.from({ length: Math.ceil(shuffled.length / size) }, (_, n) =>
            shuffled.slice(n * size, (n + 1) * size),
          )
          const ordered = fold([facts])
          const disordered = fold(batches)
          expect(Object.fromEntries(disordered)).toEqual(Object.fromEntries(ordered))
          expect(chooseContact([...disordered.values()])).toEqual(chooseContact([...ordered.values()]))
        },
      ),
      { numRuns: 1000 },
    )
  })
})
