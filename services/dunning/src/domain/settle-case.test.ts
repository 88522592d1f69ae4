import { describe, expect, it } from '@jest/globals'
import type { Fact } from '@keyflow/contracts'
import { createMemoryDunning } from '../../test/memory-dunning.ts'
import { failed, invoice, paid, subscription } from '../../test/samples.ts'
import { caseFactsIn } from './case-facts.ts'
import { foldFacts } from './fold-facts.ts'

/** Takes in events one after another; returns the case and the types of what was said. */
const play = (...events: readonly (readonly Fact[])[]) => {
  const world = createMemoryDunning({ now: 1000 })
  for (const event of events) world.deliver(event)
  const record = world.caseOf()
  const said = world.said.flatMap((one) =>
    one.kind === 'change' ? [one.announcement.type.replace('dunning.case_', '')] : [],
  )
  return { record, state: record?.state ?? null, said }
}

describe('a case', () => {
  it('opens with the first failed payment, owed since then', () => {
    const { state, said } = play(failed({}, { at: 100 }))
    expect(state).toMatchObject({
      status: 'open',
      anchorAt: 100,
      outstanding: { eur: 1900 },
      customer: 'cus_1',
    })
    expect(said).toEqual(['opened'])
  })

  it('keeps its anchor when Stripe tries again and fails again', () => {
    const { state, said } = play(failed({}, { at: 100 }), failed({ attemptCount: 2 }, { at: 400 }))
    expect(state).toMatchObject({ anchorAt: 100, debts: [{ attemptCount: 2 }] })
    expect(said).toEqual(['opened'])
  })

  it('recovers when the invoice is paid', () => {
    const { state, said } = play(failed({}, { at: 1 }), paid({}, { at: 2 }))
    expect(state).toMatchObject({ status: 'recovered', anchorAt: null, outstanding: {} })
    expect(said).toEqual(['opened', 'closed'])
  })

  it('is nobody’s business when the payment was known before its failure arrives', () => {
    const { state, said } = play(paid({}, { at: 2 }), failed({}, { at: 1 }))
    expect(state?.status).toBe('recovered')
    expect(said).toEqual([])
  })

  it('does not open for a failure that Stripe reports in the very second of the payment', () => {
    expect(play(paid({}, { at: 5, eventId: 'evt_a' }), failed({}, { at: 5, eventId: 'evt_b' })).said).toEqual(
      [],
    )
  })

  it('does not open for the first invoice of a subscription: its buyer is still in the checkout', () => {
    expect(play(failed({ billingReason: 'subscription_create' }))).toMatchObject({ state: null, said: [] })
  })

  it('does not open for invoices that belong to no subscription', () => {
    expect(caseFactsIn(failed({ subscription: null }))).toEqual([])
  })

  it('does not open for an invoice that could not be finalized: nobody was asked to pay', () => {
    expect(play(failed({ status: 'draft' }, {}, 'finalization_failed')).said).toEqual([])
  })

  it('opens once when the bank wants a confirmation and the payment counts as failed too', () => {
    const { said } = play(
      failed({}, { at: 1, eventId: 'evt_a' }, 'action_required'),
      failed({}, { at: 1, eventId: 'evt_b' }, 'payment_failed'),
    )
    expect(said).toEqual(['opened'])
  })

  it('is owed since its due date when an invoice by mail is overdue', () => {
    const { state } = play(failed({ collectionMethod: 'send_invoice', dueDate: 50 }, { at: 90 }, 'overdue'))
    expect(state?.anchorAt).toBe(50)
  })

  it('moves its anchor to the next debt when the oldest is paid, and says so', () => {
    const { state, said } = play(
      failed({ id: 'in_1' }, { at: 10 }),
      failed({ id: 'in_2', currency: 'usd', amountRemaining: 500 }, { at: 20 }),
      paid({ id: 'in_1' }, { at: 30 }),
    )
    expect(state).toMatchObject({ status: 'open', anchorAt: 20, outstanding: { usd: 500 } })
    expect(said).toEqual(['opened', 'updated', 'updated'])
  })

  it('never adds up two currencies', () => {
    const { state } = play(
      failed({ id: 'in_1' }),
      failed({ id: 'in_2', currency: 'usd' }),
      failed({ id: 'in_3', amountRemaining: 100 }),
    )
    expect(state?.outstanding).toEqual({ eur: 2000, usd: 1900 })
  })

  it('closes when nothing remains to be paid, and when the invoice is voided', () => {
    expect(play(failed(), [invoice({ amountRemaining: 0 }, { at: 2 })]).state?.status).toBe('recovered')
    expect(play(failed(), [invoice({ status: 'void' }, { at: 2 })]).state?.status).toBe('recovered')
  })

  it('is written off with its invoice, and still recovers when that is paid after all', () => {
    const writtenOff = [invoice({ status: 'uncollectible' }, { at: 2 })]
    expect(play(failed(), writtenOff).state?.status).toBe('written_off')
    expect(play(failed(), writtenOff, paid({}, { at: 3 }))).toMatchObject({
      state: { status: 'recovered' },
      said: ['opened', 'closed', 'closed'],
    })
  })

  it('is canceled when the customer left, and stays open when Stripe gave up', () => {
    const left = (cancelReason: string) => [subscription({ status: 'canceled', cancelReason }, { at: 9 })]
    expect(play(failed(), left('cancellation_requested')).state?.status).toBe('canceled')
    expect(play(failed(), left('payment_failed')).state?.status).toBe('open')
  })

  it('opens again when a later invoice fails', () => {
    const { said, record } = play(failed(), paid({}, { at: 2 }), failed({ id: 'in_2' }, { at: 3 }))
    expect(said).toEqual(['opened', 'closed', 'opened'])
    expect(record?.seq).toBe(3)
  })

  it('starts afresh with what fails after an operator stopped the case: nothing of before restricts it', () => {
    const at = (hours: number) => ({ at: hours * 3600 })
    const world = createMemoryDunning({ now: 0 })
    world.deliver(failed({ id: 'in_1' }, at(0)))
    world.advanceTo(240 * 3_600_000)
    expect(world.caseOf()?.state?.level).toBe('downgraded')
    world.decide(world.caseOf()?.facts.id ?? '', { kind: 'stop', invoices: ['in_1'] }, 'op_1')
    world.advanceTo(241 * 3_600_000)
    world.deliver(failed({ id: 'in_2' }, at(241)))
    expect(world.caseOf()?.state).toMatchObject({ status: 'open', level: 'none', anchorAt: 241 * 3600 })
  })

  it('ends a debt with the first news of it: later ones do not join what failed since to its episode', () => {
    const at = (hours: number, eventId: string) => ({ at: hours * 3600, eventId })
    const world = createMemoryDunning({ now: 0 })
    const voided = { id: 'in_1', status: 'void' as const, amountRemaining: 0 }
    world.deliver(failed({ id: 'in_1' }, at(0, 'evt_1')))
    world.advanceTo(240 * 3_600_000)
    world.deliver([invoice(voided, at(240, 'evt_2'))])
    world.advanceTo(300 * 3_600_000)
    world.deliver(failed({ id: 'in_2' }, at(300, 'evt_3')))
    world.advanceTo(301 * 3_600_000)
    world.deliver([invoice(voided, at(301, 'evt_4'))])
    expect(world.caseOf()?.state).toMatchObject({ level: 'none', anchorAt: 300 * 3600 })
  })

  it('adds nothing when an event comes again', () => {
    const { record } = play(failed())
    const [again] = caseFactsIn(failed())
    expect(again === undefined ? undefined : foldFacts(record, again)).toBeNull()
  })
})
