import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { mergeAll } from './fold.ts'
import type { LedgerFact, OverlayState } from './ledger-fact.ts'
import { NO_FACTS } from './ledger-facts.ts'
import { mergeLedgers } from './merge-facts.ts'

/** Every event of a case is what its number makes it, however often it comes. */
const saidAt = (seq: number, seed: number): LedgerFact => {
  const isNotice = (seq * seed) % 3 !== 0
  const state: OverlayState = {
    id: 'case',
    seq,
    subscription: 'sub',
    level: (['none', 'downgraded', 'suspended'] as const)[(seq + seed) % 3] ?? 'none',
    tier: null,
    ...(isNotice
      ? {
          notice: {
            seq,
            says:
              (seq + seed) % 4 === 0
                ? null
                : { state: 'past_due', restrictAt: null, updatePaymentUrl: `https://pay.example/${seq}` },
          },
        }
      : {}),
  }
  return { kind: 'overlay', scope: { account: 'platform', livemode: true }, state }
}

const events = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 20 }))
  .chain(([n, seed]) => {
    const all = Array.from({ length: n }, (_, i) => saidAt(i + 1, seed))
    return fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all]), fc.nat({ max: 2 * n }))
  })

describe('what dunning says of a case', () => {
  it('holds by its highest number, in any order, any number of times, and over ledgers that are joined', () => {
    fc.assert(
      fc.property(events, ([all, some, at]) => {
        const inOrder = mergeAll(NO_FACTS, all).overlays
        const shuffled = [...some, ...all.toReversed()]
        expect(mergeAll(NO_FACTS, shuffled).overlays).toEqual(inOrder)
        const [a, b] = [shuffled.slice(0, at), shuffled.slice(at)].map((part) => mergeAll(NO_FACTS, part))
        if (a === undefined || b === undefined) throw new Error('two parts')
        expect(mergeLedgers(a, b).overlays).toEqual(inOrder)
        expect(mergeLedgers(b, a).overlays).toEqual(inOrder)
      }),
    )
  })

  it('keeps the last word on payments when a restriction is said again without one', () => {
    const word = saidAt(1, 1)
    const again: LedgerFact = {
      kind: 'overlay',
      scope: { account: 'platform', livemode: true },
      state: { id: 'case', seq: 2, subscription: 'sub', level: 'suspended', tier: null },
    }
    expect(mergeAll(NO_FACTS, [word, again]).overlays.case).toMatchObject({
      seq: 2,
      level: 'suspended',
      notice: { seq: 1, says: { updatePaymentUrl: 'https://pay.example/1' } },
    })
  })
})
