import { describe, expect, it } from '@jest/globals'
import type { Fact, InvoiceStatus, MailEventType } from '@keyflow/contracts'
import fc from 'fast-check'
import {
  CALENDAR,
  createMemoryDunning,
  DAY,
  type MemoryDunning,
  policiesOf,
  SHIPPED,
  SHIPPED_POLICY,
} from '../../test/memory-dunning.ts'
import { failed, invoice, subscription } from '../../test/samples.ts'
import { SEVERITY } from './case-file.ts'
import { foldFacts } from './fold-facts.ts'
import type { PolicyBook } from './policy.ts'
import { settleCase } from './settle-case.ts'

const T0 = Date.UTC(2026, 2, 26, 9, 30)
const HOUR = 3_600_000
const SUBSCRIPTIONS = ['sub_1', 'sub_2'] as const
const INVOICES = ['in_1', 'in_2', 'in_3'] as const

const steps = JSON.stringify(SHIPPED_POLICY.steps)
const windowed = (zone: string): PolicyBook =>
  policiesOf(`
version: 1
policies:
  - id: windowed
    match: {}
    clock:
      zone: ${zone}
      sendWindow: { from: "09:00", to: "17:00" }
      restrictWindow: { from: "09:00", to: "16:00", days: [mon, tue, wed, thu] }
    steps: ${steps}
`)
const BOOKS: readonly PolicyBook[] = [SHIPPED, windowed('Europe/Berlin'), windowed('Pacific/Kiritimati')]

/** What the naive observer believes: a list of what happened, nothing derived. */
interface Model {
  events: number
  paid: Set<string>
  stopped: Set<string>
  ended: Set<string>
}
/** What becomes of a mail; null = nobody ever hears. */
type Fate = MailEventType | null
type Real = { world: MemoryDunning }
type Command = fc.Command<Model, Real>

const idOf = (sub: string, inv: string): string => `${inv}_${sub}`

const tell = (
  model: Model,
  { world }: Real,
  facts: (seen: { at: number; eventId: string }) => readonly Fact[],
): void => {
  model.events += 1
  world.deliver(facts({ at: Math.floor(world.now() / 1000), eventId: `evt_${model.events}` }))
}

class FromEvent implements Command {
  readonly kind: string
  readonly sub: string
  readonly inv: string
  readonly run0: (model: Model, real: Real) => void
  constructor(kind: string, sub: string, inv: string, run0: (model: Model, real: Real) => void) {
    this.kind = kind
    this.sub = sub
    this.inv = inv
    this.run0 = run0
  }
  check = (): boolean => true
  run = (model: Model, real: Real): void => {
    this.run0(model, real)
    invariants(model, real)
  }
  toString = (): string => `${this.kind}(${this.sub}, ${this.inv})`
}

/** Mostly one: several invoices of a subscription are where restrictions rise and fall. */
const sub = fc.constantFrom('sub_1', 'sub_1', 'sub_1', ...SUBSCRIPTIONS)
const inv = fc.constantFrom(...INVOICES)

const failure = fc
  .tuple(sub, inv, fc.constantFrom('payment_failed' as const, 'action_required' as const))
  .map(
    ([s, i, kind]) =>
      new FromEvent(kind, s, i, (model, real) =>
        tell(model, real, (seen) => failed({ id: idOf(s, i), subscription: s }, seen, kind)),
      ),
  )
const settled = fc.tuple(sub, inv, fc.constantFrom<InvoiceStatus>('paid', 'paid', 'void')).map(
  ([s, i, status]) =>
    new FromEvent(status, s, i, (model, real) => {
      model.paid.add(idOf(s, i))
      tell(model, real, (seen) => [
        invoice({ id: idOf(s, i), subscription: s, status, amountRemaining: 0 }, seen),
      ])
    }),
)
const canceled = fc.tuple(sub, fc.constantFrom('cancellation_requested', 'payment_failed')).map(
  ([s, cancelReason]) =>
    new FromEvent(`canceled:${cancelReason}`, s, '-', (model, real) => {
      // A subscription ends once, for one reason.
      if (model.ended.has(s)) return
      model.ended.add(s)
      tell(model, real, (seen) => [subscription({ id: s, status: 'canceled', cancelReason }, seen)])
    }),
)
const time = fc
  .oneof(
    fc.integer({ min: 1, max: 72 }).map((hours) => hours * HOUR),
    fc.integer({ min: 1, max: 12 }).map((d) => d * DAY),
    fc.integer({ min: 3, max: 40 }).map((d) => d * DAY),
  )
  .chain((by) =>
    fc.boolean().map(
      (isDown) =>
        new FromEvent(
          isDown ? `down ${by / HOUR} h` : `advance ${by / HOUR} h`,
          '-',
          '-',
          (_model, { world }) => {
            if (isDown) {
              world.sleepTo(world.now() + by)
              world.tick()
            } else world.advanceTo(world.now() + by)
          },
        ),
    ),
  )
const decision = fc
  .tuple(sub, fc.constantFrom('freeze', 'mute', 'resume', 'stop', 'extend', 'skip', 'send_now'))
  .map(
    ([s, kind]) =>
      new FromEvent(kind, s, '-', (model, real) => {
        const record = real.world.caseOf(s)
        if (record === undefined) return
        model.events += 1
        const id = `op_${model.events}`
        const owed = record.state?.debts.map((debt) => debt.invoice) ?? []
        const until = real.world.now() + 5 * DAY
        if (kind === 'stop') {
          for (const one of owed) model.stopped.add(one)
          real.world.decide(record.facts.id, { kind, invoices: owed }, id)
        } else if (kind === 'freeze' || kind === 'mute')
          real.world.decide(record.facts.id, { kind: 'pause', mode: kind, until }, id)
        else if (kind === 'resume') real.world.decide(record.facts.id, { kind }, id)
        else if (kind === 'extend') real.world.decide(record.facts.id, { kind, by: 'P4D' }, id)
        else if (kind === 'skip' || kind === 'send_now')
          real.world.decide(record.facts.id, { kind, invoice: owed[0] ?? 'none', step: 'remind' }, id)
      }),
  )
const bounce = sub.map(
  (s) =>
    new FromEvent('bounce', s, '-', (_model, { world }) => {
      const last = [...world.mails].reverse().find(({ caseId }) => caseId.endsWith(s))
      if (last !== undefined) world.report(last.notice.key, 'mail.bounced')
    }),
)

/** A scheduler that is interrupted between its question to Stripe and its transaction; others act meanwhile. */
const half = fc
  .constantFrom('ask' as const, 'resume' as const)
  .map((which) => new FromEvent(which, '-', '-', (_model, { world }) => void world[which]()))

/** Another file of policies: it is for the cases that begin from now on. */
const reload = fc
  .constantFrom(...BOOKS)
  .map(
    (book) =>
      new FromEvent('reload', book.current[0]?.policy.clock.zone ?? '-', '-', (_, real) =>
        real.world.useBook(book),
      ),
  )

const commands = fc.commands(
  [half, reload, failure, failure, failure, settled, canceled, time, time, time, decision, bounce],
  {
    maxCommands: 24,
    size: 'max',
  },
)
const fates = fc.array(
  fc.constantFrom<Fate>(
    'mail.accepted',
    'mail.accepted',
    'mail.accepted',
    'mail.failed',
    'mail.bounced',
    null,
  ),
  {
    minLength: 1,
    maxLength: 6,
  },
)

/** Everything that must hold after every command, with everything that was heard folded in. */
const invariants = (model: Model, { world }: Real): void => {
  for (const record of world.cases.values()) {
    const owed = (record.state?.debts ?? []).filter(({ invoice: id }) => !model.paid.has(id))
    // I1: nobody is restricted who owes nothing.
    if (owed.length === 0) expect(record.state?.level ?? 'none').toBe('none')
    // I4: what is said is what the plan says.
    expect(record.announced?.level ?? 'none').toBe(record.state?.level ?? 'none')
    // I9: what was stopped stays stopped, whatever failed since.
    for (const { invoice: id } of record.state?.debts ?? []) expect(model.stopped.has(id)).toBe(false)
  }
  // R3: a level is justified by the days of the oldest debt that is left.
  for (const { state } of world.cases.values()) {
    const since = state?.debts[0]?.since
    if (state === null || since === undefined || state.level === 'none') continue
    const days = state.level === 'downgraded' ? 7 : 14
    expect(world.now()).toBeGreaterThanOrEqual(since * 1000 + days * DAY - HOUR)
  }
  // I3: each step at most once.
  const taken = world.taken.map(({ id }) => id)
  expect(new Set(taken).size).toBe(taken.length)
}

const play = (book: PolicyBook, script: Iterable<Command>, heard: readonly Fate[]): MemoryDunning => {
  let mails = 0
  const world = createMemoryDunning({
    now: T0,
    book,
    postman: () => heard[mails++ % heard.length] ?? null,
  })
  const model: Model = { events: 0, paid: new Set(), stopped: new Set(), ended: new Set() }
  fc.modelRun(() => ({ model, real: { world } }), script)
  return world
}

type Check = (world: MemoryDunning, book: PolicyBook) => void

const CHECKS: Readonly<Record<string, Check>> = {
  'I2: every restriction was announced by a mail that was accepted long enough before': (world) => {
    for (const record of world.cases.values())
      for (const run of Object.values(record.runs)) {
        if (run.restrict === null) continue
        const announced = Object.values(record.notices).filter(
          (notice) =>
            notice.announces.some(({ step }) => step === run.step) &&
            notice.acceptedAt !== null &&
            CALENDAR.add(notice.acceptedAt, 'P3D', 'UTC') <= run.at + HOUR &&
            (notice.refusedAt === null || notice.refusedAt >= run.at),
        )
        expect(announced.length).toBeGreaterThan(0)
      }
  },

  'I2: nothing becomes more severe but by a step that is taken at that moment': (world) => {
    for (const record of world.cases.values()) {
      let before = 0
      for (const one of world.said) {
        if (one.record.facts.id !== record.facts.id || one.kind !== 'change') continue
        const level = one.announcement.says.level ?? 'none'
        if (SEVERITY[level] > before)
          expect(Object.values(record.runs)).toContainEqual(
            expect.objectContaining({ at: one.at, restrict: expect.objectContaining({ level }) }),
          )
        before = SEVERITY[level]
      }
    }
  },

  'I6: nobody gets more mails than the limits allow; those about a restriction apart': (world) => {
    const reminders = world.mails.filter(({ notice }) =>
      ['payment_failed', 'payment_action_required', 'payment_reminder'].includes(notice.template),
    )
    for (const [n, mail] of reminders.entries()) {
      const next = reminders[n + 1]
      const isAsked = [...world.cases.values()].some(({ decisions }) =>
        decisions.some(({ action }) => action.kind === 'send_now'),
      )
      if (next !== undefined && !isAsked) expect(next.at - mail.at).toBeGreaterThanOrEqual(DAY)
    }
  },

  'I7: what lifts a restriction has a higher fence than whatever imposed it': (world) => {
    const last = new Map<string, number>()
    for (const one of world.said) {
      const { id } = one.record.facts
      expect(one.record.seq).toBe((last.get(id) ?? 0) + 1)
      last.set(id, one.record.seq)
    }
  },

  'I7: whatever order licensing hears it in, the highest fence is how the case stands': (world) => {
    for (const record of world.cases.values()) {
      const heard = world.said.flatMap((one) =>
        one.record.facts.id === record.facts.id && one.kind === 'change'
          ? [{ seq: one.record.seq, level: one.announcement.says.level ?? 'none' }]
          : [],
      )
      const shuffled = heard.toSorted((a, b) => ((a.seq * 7) % 11) - ((b.seq * 7) % 11))
      let held = { seq: 0, level: 'none' }
      for (const one of shuffled) if (one.seq > held.seq) held = one
      expect(held.level).toBe(record.state?.level ?? 'none')
    }
  },

  'I8, I10: nothing happens before the date that was printed, or before its day': (world) => {
    for (const record of world.cases.values())
      for (const run of Object.values(record.runs)) {
        if (run.restrict === null) continue
        const promised = Object.values(record.notices)
          .filter(
            ({ requestedAt, acceptedAt, refusedAt }) =>
              requestedAt < run.at && acceptedAt !== null && refusedAt === null,
          )
          .flatMap(({ announces }) => announces.filter(({ step }) => step === run.step).map(({ at }) => at))
          .filter((at) => at > 0)
        const latest = promised.filter((at) => at > run.at)
        expect(latest).toEqual([])
        const debt = record.facts.debts.find(({ invoice: id }) => id === run.invoice)
        const since =
          Math.min(debt?.failedAt ?? Number.MAX_SAFE_INTEGER, debt?.actionAt ?? Number.MAX_SAFE_INTEGER) *
          1000
        const days = run.step === 'downgrade' ? 7 : 14
        // A zone that springs forward within the days makes them an hour shorter.
        expect(run.at).toBeGreaterThanOrEqual(since + days * DAY - HOUR)
      }
  },

  'I5: once a case is closed, nothing is said to its customer but that all is well': (world) => {
    const closedAt = new Map<string, boolean>()
    for (const one of world.said) {
      const { id } = one.record.facts
      if (one.kind === 'change') closedAt.set(id, !one.announcement.says.isOpen)
      else if (closedAt.get(id) === true) expect(one.notice.template).toBe('payment_recovered')
    }
  },

  'R5: restrictions come one at a time, a day apart, each worse than the one before': (world) => {
    for (const record of world.cases.values()) {
      const restricted = Object.values(record.runs)
        .filter(({ restrict }) => restrict !== null)
        .sort((a, b) => a.at - b.at)
      for (const [n, run] of restricted.entries()) {
        const next = restricted[n + 1]
        if (next !== undefined && next.invoice === run.invoice) {
          expect(next.at - run.at).toBeGreaterThanOrEqual(DAY - HOUR)
          expect(SEVERITY[next.restrict?.level ?? 'none']).toBeGreaterThan(
            SEVERITY[run.restrict?.level ?? 'none'],
          )
        }
      }
    }
  },

  'I11: the same facts, runs and notices in any order give the same case': (world, book) => {
    for (const record of world.cases.values()) {
      const shuffled = {
        ...record,
        facts: { ...record.facts, debts: [...record.facts.debts].reverse() },
        runs: Object.fromEntries(Object.entries(record.runs).reverse()),
        notices: Object.fromEntries(Object.entries(record.notices).reverse()),
        decisions: record.decisions,
      }
      const sorted = foldFacts(shuffled, record.facts) ?? shuffled
      const rules = { book, calendar: CALENDAR, accountZone: 'UTC', paymentUrl: () => null }
      const plan = world.planOf(record)
      const other = settleCase(
        sorted,
        { profile: profileOf(), lastMails: [] },
        rules,
        world.now(),
        world.now(),
      )
      expect(other.plan?.level).toEqual(plan?.level)
      expect(other.plan?.status).toEqual(plan?.status)
    }
  },

  'comes to rest: when nothing more happens the timeline ends, or waits for a person': (world) => {
    world.advanceTo(world.now() + 200 * DAY)
    for (const record of world.cases.values()) {
      const plan = world.planOf(record)
      if (plan === null || plan.status !== 'open') continue
      expect(plan.steps.some(({ state }) => state === 'blocked')).toBe(true)
    }
  },
}

describe('whatever happens, in any order, with any mail lost', () => {
  it('keeps I1 to I11: after every command, and at the end', () => {
    fc.assert(
      fc.property(fc.constantFrom(...BOOKS), commands, fates, (book, script, heard) => {
        const world = play(book, script, heard)
        for (const [name, check] of Object.entries(CHECKS))
          try {
            check(world, book)
          } catch (cause) {
            throw new Error(`not kept: ${name}`, { cause })
          }
      }),
      { numRuns: 250 },
    )
  })
})

const profileOf = () => ({
  country: null,
  locales: [],
  timeZone: null,
  tags: [],
  deleted: false,
  clock: null,
})
