import { describe, expect, it } from '@jest/globals'
import type { Fact, InvoiceStatus } from '@keyflow/contracts'
import fc from 'fast-check'
import { CALENDAR, SHIPPED } from '../../test/memory-dunning.ts'
import { failed, invoice, subscription } from '../../test/samples.ts'
import type { Announced } from './announce.ts'
import { caseFactsIn, mergeCaseFacts } from './case-facts.ts'
import type { CaseRecord } from './case-record.ts'
import { UNKNOWN_CUSTOMER } from './customer-profile.ts'
import { foldFacts } from './fold-facts.ts'
import { settleCase } from './settle-case.ts'
import { standOf } from './standing.ts'

type Event = readonly Fact[]

const seen = fc.record({ at: fc.integer({ min: 1, max: 6 }), eventId: fc.nat(999).map((n) => `evt_${n}`) })
const status = fc.constantFrom<InvoiceStatus>('draft', 'open', 'open', 'paid', 'uncollectible', 'void')
const bill = fc.record({
  id: fc.constantFrom('in_1', 'in_2', 'in_3'),
  status,
  currency: fc.constantFrom('eur', 'usd'),
  amountRemaining: fc.constantFrom(0, 500, 1900),
  dueDate: fc.constantFrom(null, 2, 4),
})

const event: fc.Arbitrary<Event> = fc.oneof(
  fc.tuple(bill, seen).map(([state, s]) => [invoice(state, s)]),
  fc
    .tuple(bill, seen, fc.constantFrom('payment_failed', 'action_required', 'overdue', 'finalization_failed'))
    .map(([state, s, kind]) => failed(state, s, kind)),
  fc
    .tuple(
      fc.constantFrom('active', 'past_due', 'canceled'),
      fc.constantFrom(null, 'cancellation_requested', 'payment_failed'),
      seen,
    )
    .map(([s, cancelReason, at]) => [subscription({ status: s, cancelReason }, at)]),
)

/** An event id names one event. */
const history = fc
  .array(event, { minLength: 1, maxLength: 12 })
  .map((events) => [...new Map(events.map((e) => [e[0]?.observed.eventId, e])).values()])

const disordered = history.chain((events) =>
  fc.record({
    events: fc.constant(events),
    arrivals: fc.array(fc.constantFrom(...events), { maxLength: 8 }).chain((again) =>
      fc.shuffledSubarray([...events, ...again], {
        minLength: events.length + again.length,
        maxLength: events.length + again.length,
      }),
    ),
    batch: fc.integer({ min: 1, max: 5 }),
  }),
)

const AROUND = { profile: UNKNOWN_CUSTOMER, lastMails: [] }
const RULES = { book: SHIPPED, calendar: CALENDAR, accountZone: 'UTC', paymentUrl: () => null }

/** Folds events in batches, as the service does: merged within the batch, then into the case. */
const play = (events: readonly Event[], batch: number) => {
  let record: CaseRecord | undefined
  const said: Announced[] = []
  for (let start = 0; start < events.length; start += batch) {
    const [first, ...rest] = events.slice(start, start + batch).flatMap((e) => caseFactsIn(e))
    if (first === undefined) continue
    const folded = foldFacts(record, rest.reduce(mergeCaseFacts, first))
    if (folded === null) continue
    const settled = settleCase(folded, AROUND, RULES, 7000, 7000)
    record = settled.record
    if (settled.announcement !== null) said.push(settled.announcement.says)
  }
  return { record, said }
}

describe('a case', () => {
  it('is the same after any order of its events, with duplicates, in any batches', () => {
    fc.assert(
      fc.property(disordered, ({ events, arrivals, batch }) => {
        const ordered = play(events, 1).record
        const other = play(arrivals, batch).record
        expect(other?.facts).toEqual(ordered?.facts)
        expect(other?.state).toEqual(ordered?.state)
      }),
      { numRuns: 2000 },
    )
  })

  it('was last announced as it is, or never at all if it was never seen open', () => {
    fc.assert(
      fc.property(disordered, ({ arrivals, batch }) => {
        const { record, said } = play(arrivals, batch)
        expect(record?.seq ?? 0).toBe(said.length)
        const last = said.at(-1)
        if (last === undefined) expect(record?.state?.status).not.toBe('open')
        else {
          expect(last.isOpen).toBe(record?.state?.status === 'open')
          expect(last.outstanding).toEqual(record?.state?.outstanding ?? {})
          expect(last.anchorAt).toBe(record?.state?.anchorAt ?? null)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('owes nothing once every invoice is paid, whatever failure arrives afterwards', () => {
    fc.assert(
      fc.property(history, fc.array(bill, { maxLength: 4 }), (events, late) => {
        const settled = ['in_1', 'in_2', 'in_3'].map((id) => [
          invoice({ id, status: 'paid' }, { at: 3, eventId: `evt_paid_${id}` }),
        ])
        const failures = late.map((state, n) =>
          failed({ ...state, status: 'open' }, { at: 9, eventId: `evt_late_${n}` }),
        )
        const { record } = play([...events, ...settled, ...failures], 1)
        const state = record === undefined ? null : standOf(record.facts, [])
        expect(state?.status ?? 'recovered').toBe('recovered')
      }),
      { numRuns: 1000 },
    )
  })
})
