import { describe, expect, it } from '@jest/globals'
import type { LicenseSummary } from '@keyflow/contracts'
import fc from 'fast-check'
import { createLedgerModel, type Outcome } from '../../test/ledger-model.ts'
import { summary } from '../../test/samples.ts'
import { isDunnings, statementOf } from './statement.ts'

const state: fc.Arbitrary<LicenseSummary> = fc
  .record({
    status: fc.constantFrom('active', 'active', 'grace', 'suspended', 'expired', 'revoked'),
    tier: fc.constantFrom('starter', 'pro'),
    maxDomains: fc.constantFrom(3, 10),
    cancelAt: fc.constantFrom(null, null, '2027-01-01T00:00:00.000Z'),
  })
  .map((of) => summary(of as Partial<LicenseSummary>))

/** A license's life, and one way in which its events and the worker's steps may fall between each other. */
const story = fc.array(state, { minLength: 1, maxLength: 8 }).chain((states) => {
  const versions = states.map((_, n) => n + 1)
  return fc.record({
    states: fc.constant(states),
    arrivals: fc.array(fc.constantFrom(...versions), { maxLength: 12 }).chain((again) =>
      fc.shuffledSubarray([...versions, ...again], {
        minLength: versions.length + again.length,
        maxLength: versions.length + again.length,
      }),
    ),
    contactAfter: fc.nat(6),
    /** Before each arrival: the steps of the worker, each of one of two kinds. */
    steps: fc.array(fc.array(fc.boolean(), { maxLength: 5 }), { minLength: 20, maxLength: 20 }),
    outcomes: fc.array(
      fc.constantFrom<Outcome>('accepted', 'retry', 'bounced', 'failed', 'unknown', 'crash'),
      {
        minLength: 30,
        maxLength: 30,
      },
    ),
  })
})

const play = (told: typeof story extends fc.Arbitrary<infer S> ? S : never, outcomes: readonly Outcome[]) => {
  const model = createLedgerModel(outcomes)
  told.arrivals.forEach((version, n) => {
    if (n === told.contactAfter) model.learnContact()
    for (const settlesFirst of told.steps[n] ?? []) model.work(settlesFirst)
    model.arrive(version, told.states[version - 1] as LicenseSummary)
  })
  model.learnContact()
  model.drain()
  return model
}

/** While payments fail dunning does the talking. */
const expectToldLast = (
  sent: ReturnType<typeof createLedgerModel>['sent'],
  states: readonly LicenseSummary[],
): void => {
  const last = states.at(-1) as LicenseSummary
  if (!isDunnings(last)) expect(sent.at(-1)?.statement).toEqual(statementOf(last))
}

describe('what a customer is told of a license', () => {
  it('is the key exactly once, and at last the state that the license has, in any order and timing', () => {
    fc.assert(
      fc.property(story, (told) => {
        const { sent } = play(told, [])
        expect(sent.filter(({ template }) => template === 'license_issued')).toHaveLength(1)
        expect(sent[0]?.template).toBe('license_issued')
        expectToldLast(sent, told.states)
      }),
      { numRuns: 2000 },
    )
  })

  it('is never said twice for one cause, and never by two mails at once, whatever fails or dies', () => {
    fc.assert(
      fc.property(story, (told) => {
        const { sent, most } = play(told, told.outcomes)
        const causes = sent.map(({ template, occurrence }) => `${template}/${occurrence}`)
        expect(new Set(causes).size).toBe(causes.length)
        expect(most().open).toBeLessThanOrEqual(1)
        expect(most().atOnce).toBeLessThanOrEqual(1)
      }),
      { numRuns: 2000 },
    )
  })

  it('is at last the state of the license if no outcome is lost for good, however often the relay fails', () => {
    fc.assert(
      fc.property(story, (told) => {
        const outcomes = told.outcomes.map((o): Outcome => (o === 'accepted' ? 'accepted' : 'retry'))
        const { sent } = play(told, outcomes)
        expect(sent.filter(({ template }) => template === 'license_issued')).toHaveLength(1)
        expectToldLast(sent, told.states)
      }),
      { numRuns: 1000 },
    )
  })
})
