import { describe, expect, it } from '@jest/globals'
import type { Fact, SubscriptionState } from '@keyflow/contracts'
import { createMemoryDunning, DAY, policiesOf, SHIPPED_POLICY } from './memory-dunning.ts'
import { failed, invoice, paid, subscription } from './samples.ts'

const T0 = Date.UTC(2026, 2, 2, 10, 30)
const ids = (function* count() {
  for (let n = 1; ; n += 1) yield n
})()
const at = (ms: number) => ({ at: Math.floor(ms / 1000), eventId: `evt_${ids.next().value}` })
const world = (options: Partial<Parameters<typeof createMemoryDunning>[0]> = {}) =>
  createMemoryDunning({ now: T0, ...options })
const mailsOf = (w: ReturnType<typeof world>) =>
  w.mails.map(({ at: when, notice }) => [notice.template, (when - T0) / DAY])
const levels = (w: ReturnType<typeof world>) =>
  w.taken.flatMap(({ level, at: when }) => (level === null ? [] : [[level, (when - T0) / DAY]]))

describe('several invoices of one subscription', () => {
  it('count from the oldest; when that is paid, from the next, and what is too severe by then lifts', () => {
    const w = world()
    w.deliver(failed({ id: 'in_1' }, at(T0)))
    w.advanceTo(T0 + 12 * DAY)
    w.deliver(failed({ id: 'in_2' }, at(T0 + 12 * DAY)))
    w.advanceTo(T0 + 14 * DAY)
    expect(w.caseOf()?.state?.level).toBe('suspended')
    w.deliver(paid({ id: 'in_1' }, at(T0 + 14 * DAY)))
    expect(w.caseOf()?.state).toMatchObject({
      status: 'open',
      level: 'none',
      anchorAt: (T0 + 12 * DAY) / 1000,
    })
    expect(w.caseOf()?.announced).toMatchObject({ level: 'none', isOpen: true })
    w.advanceTo(T0 + 19 * DAY)
    expect(w.caseOf()?.state?.level).toBe('downgraded')
    w.advanceTo(T0 + 26 * DAY)
    expect(levels(w)).toEqual([
      ['downgraded', 7],
      ['suspended', 14],
      ['downgraded', 19],
      ['suspended', 26],
    ])
  })

  it('keep the level that the next one justifies as well', () => {
    const w = world()
    w.deliver(failed({ id: 'in_1' }, at(T0)))
    w.advanceTo(T0 + 5 * DAY)
    w.deliver(failed({ id: 'in_2' }, at(T0 + 5 * DAY)))
    w.advanceTo(T0 + 15 * DAY)
    w.deliver(paid({ id: 'in_1' }, at(T0 + 15 * DAY)))
    // Ten days of the second one: a downgrade is justified, a suspension is not.
    expect(w.caseOf()?.state?.level).toBe('downgraded')
    // Nobody was told of the second suspension yet: a mail comes first.
    w.advanceTo(T0 + 40 * DAY)
    const suspended = levels(w).filter(([level]) => level === 'suspended')
    expect(suspended).toHaveLength(2)
    expect(suspended[1]?.[1]).toBeGreaterThanOrEqual(19)
  })
})

describe('several subscriptions of one customer', () => {
  it('are one mail with all debts, and each keeps its own license', () => {
    const w = world()
    w.deliver(failed({ id: 'in_a', subscription: 'sub_a' }, at(T0)))
    w.deliver(failed({ id: 'in_b', subscription: 'sub_b', currency: 'usd', amountRemaining: 500 }, at(T0)))
    w.advanceTo(T0 + 3 * DAY)
    expect(mailsOf(w)).toEqual([
      ['payment_failed', 0],
      ['payment_reminder', 3],
    ])
    expect(w.mails[0]?.notice.debts).toEqual([
      { invoice: 'in_a', currency: 'eur', amount: 1900 },
      { invoice: 'in_b', currency: 'usd', amount: 500 },
    ])
    w.deliver(paid({ id: 'in_a', subscription: 'sub_a' }, at(T0 + 4 * DAY)))
    w.advanceTo(T0 + 8 * DAY)
    expect(w.caseOf('sub_a')?.state).toMatchObject({ status: 'recovered', level: 'none' })
    expect(w.caseOf('sub_b')?.state?.level).toBe('downgraded')
  })

  it('do not write twice within a day', () => {
    const w = world()
    w.deliver(failed({ id: 'in_a', subscription: 'sub_a' }, at(T0)))
    w.advanceTo(T0 + 3_600_000)
    w.deliver(failed({ id: 'in_b', subscription: 'sub_b' }, at(T0 + 3_600_000)))
    w.advanceTo(T0 + 2 * DAY)
    expect(mailsOf(w)).toEqual([
      ['payment_failed', 0],
      ['payment_failed', 1],
    ])
  })
})

describe('endings', () => {
  it('a payment out of band, a credit and a void recover alike', () => {
    for (const state of [{ status: 'paid' }, { amountRemaining: 0 }, { status: 'void' }] as const) {
      const w = world()
      w.deliver(failed({}, at(T0)))
      w.advanceTo(T0 + 14 * DAY)
      w.deliver([invoice({ ...state }, at(T0 + 14 * DAY))])
      expect(w.caseOf()?.state).toMatchObject({ status: 'recovered', level: 'none' })
    }
  })

  it('an invoice that Stripe wrote off keeps its restriction, and no mail follows', () => {
    const w = world()
    w.deliver(failed({}, at(T0)))
    w.advanceTo(T0 + 8 * DAY)
    w.deliver([invoice({ status: 'uncollectible' }, at(T0 + 8 * DAY))])
    w.advanceTo(T0 + 40 * DAY)
    expect(w.caseOf()?.state).toMatchObject({ status: 'written_off', level: 'downgraded' })
    expect(w.mails).toHaveLength(3)
    w.deliver(paid({}, at(T0 + 41 * DAY)))
    expect(w.caseOf()?.state).toMatchObject({ status: 'recovered', level: 'none' })
  })

  it('a customer who leaves is left alone at once; one whom Stripe gave up keeps the dates that were printed', () => {
    const left = (cancelReason: string): readonly Fact[] => [
      subscription({ status: 'canceled', cancelReason }, at(T0 + 4 * DAY)),
    ]
    const [asked, gaveUp] = ['cancellation_requested', 'payment_failed'].map((reason) => {
      const w = world()
      w.deliver(failed({}, at(T0)))
      w.advanceTo(T0 + 4 * DAY)
      w.deliver(left(reason))
      w.advanceTo(T0 + 20 * DAY)
      return w
    })
    expect(asked?.mails).toHaveLength(2)
    expect(asked?.caseOf()?.state).toMatchObject({ status: 'canceled', level: 'none' })
    expect(gaveUp === undefined ? [] : levels(gaveUp)).toEqual([
      ['downgraded', 7],
      ['suspended', 14],
    ])
  })

  it('who subscribes anew starts anew: the old case never touches the new one', () => {
    const w = world()
    w.deliver(failed({}, at(T0)))
    w.advanceTo(T0 + 15 * DAY)
    w.deliver([subscription({ id: 'sub_2', status: 'active' }, at(T0 + 15 * DAY))])
    w.deliver([
      subscription({ id: 'sub_1', status: 'canceled', cancelReason: 'payment_failed' }, at(T0 + 16 * DAY)),
    ])
    expect(w.caseOf('sub_2')?.state).toBeNull()
    expect(w.caseOf('sub_1')?.state?.level).toBe('suspended')
  })
})

describe('what counts as a failed payment', () => {
  it('a pause at the first failure is dunning: nobody is restricted on day 0', () => {
    const w = world()
    const paused: Partial<SubscriptionState> = {
      status: 'paused',
      pausedType: 'first_payment_failure',
      latestInvoice: 'in_1',
    }
    w.deliver([subscription(paused, at(T0))])
    expect(w.caseOf()?.state).toBeNull()
    w.deliver([invoice({}, at(T0 + 1000))])
    w.advanceTo(T0 + 8 * DAY)
    expect(mailsOf(w).slice(0, 3)).toEqual([
      ['payment_failed', 0],
      ['payment_reminder', 3],
      ['license_downgraded', 7],
    ])
  })

  it('a payment that the bank wants confirmed is one mail, whichever of its two events comes first', () => {
    for (const kinds of [
      ['payment_failed', 'action_required'],
      ['action_required', 'payment_failed'],
    ] as const) {
      const w = world()
      for (const kind of kinds) w.deliver(failed({}, at(T0), kind))
      w.advanceTo(T0 + DAY)
      expect(mailsOf(w)).toEqual([['payment_action_required', 0]])
    }
  })

  it.each([
    ['insufficient_funds', 'soft'],
    ['stolen_card', 'hard'],
    ['expired_card', 'expired'],
    ['missing', 'no_method'],
    ['something_new', 'unknown'],
  ])('%s is %s', (declineCode, decline) => {
    const w = world()
    w.deliver(failed({ declineCode }, at(T0)))
    expect(w.caseOf()?.state?.debts[0]?.decline).toBe(decline)
  })
})

const STEPS = JSON.stringify(SHIPPED_POLICY.steps)

describe('policies', () => {
  it('are chosen by tier, country, currency, amount and tags, and kept while the episode lasts', () => {
    const policy = (id: string, match: string) => `  - { id: ${id}, match: ${match}, steps: ${STEPS} }`
    const book = policiesOf(
      [
        'version: 1',
        'policies:',
        policy('vip', '{ tags: [vip] }'),
        policy('large', '{ amountAtLeast: { eur: 100000 } }'),
        policy('american', '{ country: [US], currency: [usd] }'),
        policy('rest', '{}'),
      ].join('\n'),
    )
    const chosen = (facts: readonly Fact[], before: readonly Fact[] = []) => {
      const w = world({ book })
      w.deliver(before)
      w.deliver(facts)
      return w.caseOf()?.pinned?.id
    }
    const customer = (state: object): readonly Fact[] => [
      {
        kind: 'customer',
        observed: { scope: { account: 'platform', livemode: false }, at: 1, rank: 1, eventId: 'evt_c' },
        state: {
          id: 'cus_1',
          email: null,
          name: null,
          locales: [],
          country: null,
          deleted: false,
          testClock: null,
          ...state,
        },
      },
    ]
    expect(chosen(failed({}, at(T0)))).toBe('rest')
    expect(chosen(failed({ amountRemaining: 100_000 }, at(T0)))).toBe('large')
    expect(chosen(failed({ currency: 'usd' }, at(T0)), customer({ country: 'US' }))).toBe('american')
    expect(chosen(failed({}, at(T0)), customer({ tags: ['vip'] }))).toBe('vip')
    const w = world({ book })
    w.deliver(failed({}, at(T0)))
    w.deliver(failed({ amountRemaining: 200_000 }, at(T0 + 1000)))
    expect(w.caseOf()?.pinned?.id).toBe('rest')
  })

  it('of a file that changed hold for new cases only', () => {
    const w = world()
    w.deliver(failed({}, at(T0)))
    w.useBook(
      policiesOf(
        `{version: 1, policies: [{id: slow, match: {}, end: {after: P90D}, steps: ${STEPS.replaceAll('P7D', 'P10D')}}]}`,
      ),
    )
    w.deliver(failed({ id: 'in_2', subscription: 'sub_2', customer: 'cus_2' }, at(T0)))
    w.advanceTo(T0 + 8 * DAY)
    expect(w.caseOf('sub_1')?.state?.level).toBe('downgraded')
    expect(w.caseOf('sub_2')?.state?.level).toBe('none')
  })
})

describe('operators', () => {
  const open = () => {
    const w = world()
    w.deliver(failed({}, at(T0)))
    w.advanceTo(T0 + 4 * DAY)
    return { w, id: w.caseOf()?.facts.id ?? '' }
  }

  it('freeze a case: everything that was still to come comes later by as much', () => {
    const { w, id } = open()
    w.decide(id, { kind: 'pause', mode: 'freeze', until: T0 + 9 * DAY })
    w.advanceTo(T0 + 30 * DAY)
    expect(levels(w)).toEqual([
      ['downgraded', 12],
      ['suspended', 19],
    ])
  })

  it('end a pause early: never before the date that the customer was promised', () => {
    const { w, id } = open()
    w.decide(id, { kind: 'pause', mode: 'freeze', until: T0 + 30 * DAY }, 'op_pause')
    w.advanceTo(T0 + 6 * DAY)
    w.decide(id, { kind: 'resume' }, 'op_resume')
    w.advanceTo(T0 + 12 * DAY)
    expect(levels(w)).toEqual([['downgraded', 9]])
  })

  it('stop a case for good: no failure that Stripe reports later undoes it, a new invoice does', () => {
    const { w, id } = open()
    w.decide(id, { kind: 'stop', invoices: ['in_1'] })
    w.deliver(failed({ attemptCount: 3 }, at(T0 + 5 * DAY)))
    w.advanceTo(T0 + 30 * DAY)
    expect(w.caseOf()?.state?.status).toBe('stopped')
    expect(w.mails).toHaveLength(2)
    w.deliver(failed({ id: 'in_2' }, at(T0 + 30 * DAY)))
    expect(w.caseOf()?.state?.status).toBe('open')
  })

  it('extend the grace, write off, skip, send now, and take it back', () => {
    const extended = open()
    extended.w.decide(extended.id, { kind: 'extend', by: 'P10D' })
    extended.w.advanceTo(T0 + 18 * DAY)
    expect(levels(extended.w)).toEqual([['downgraded', 17]])
    const forgiven = open()
    forgiven.w.advanceTo(T0 + 14 * DAY)
    forgiven.w.decide(forgiven.id, { kind: 'write_off', invoices: ['in_1'] })
    expect(forgiven.w.caseOf()?.state).toMatchObject({ status: 'written_off', level: 'none' })
    const spared = open()
    const { id: decision } = spared.w.decide(spared.id, { kind: 'skip', invoice: 'in_1', step: 'downgrade' })
    spared.w.advanceTo(T0 + 8 * DAY)
    expect(levels(spared.w)).toEqual([])
    spared.w.decide(spared.id, { kind: 'withdraw', decision }, 'op_undo')
    spared.w.advanceTo(T0 + 9 * DAY)
    expect(levels(spared.w)).toEqual([['downgraded', 8]])
    const again = open()
    again.w.decide(again.id, { kind: 'send_now', invoice: 'in_1', step: 'remind' })
    again.w.tick()
    expect(mailsOf(again.w).at(-1)).toEqual(['payment_reminder', 4])
  })
})
