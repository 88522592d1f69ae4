import type { Fact, MailEventType } from '@keyflow/contracts'
import type { Scheduler } from 'fast-check'
import { caseFactsIn } from '../src/domain/case-facts.ts'
import type { CaseRecord } from '../src/domain/case-record.ts'
import { currentProfile } from '../src/domain/customer-profile.ts'
import { foldFacts } from '../src/domain/fold-facts.ts'
import { reportNotice } from '../src/domain/notice.ts'
import { recoveryNotice } from '../src/domain/recovery-notice.ts'
import { type Rules, settleCase } from '../src/domain/settle-case.ts'
import { type Said, saidOf, takeSteps, whomToAsk } from '../src/domain/take-steps.ts'
import { CALENDAR, SHIPPED } from './memory-dunning.ts'
import { invoice, subscription } from './samples.ts'

const RULES: Rules = { book: SHIPPED, calendar: CALENDAR, accountZone: 'UTC', paymentUrl: () => null }

interface Stored {
  readonly record: CaseRecord
  readonly version: number
}

/**
 * One customer's dunning as the processes around it run it: consumers, timers, licensing and the postman each stop wherever
 * they would wait for somebody, and `scheduler` says who goes on. What the database promises holds here as well: a commit
 * fails when a case was written since it was read, or the lease is somebody else's by now.
 */
export const createInterleavedDunning = (
  scheduler: Scheduler,
  startsAt: number,
  fate: () => MailEventType,
) => {
  let now = startsAt
  let events = 0
  const cases = new Map<string, Stored>()
  const stepKeys = new Set<string>()
  const said: (Said & { readonly asked: ReadonlySet<string> })[] = []
  /** What Stripe would answer: invoices that are paid. */
  const paidAtStripe = new Set<string>()
  const invoicesOf = new Map<string, Set<string>>()
  const licensing = new Map<string, { readonly seq: number; readonly level: string }>()
  const losses = { leases: 0, versions: 0 }
  let lease: { owner: string; token: number; isOver: boolean } | null = null
  let tokens = 0
  let lastMails: readonly number[] = []
  const running: Promise<void>[] = []

  const pause = (label: string): Promise<unknown> => scheduler.schedule(Promise.resolve(label), label)
  const spawn = (work: () => Promise<void>): void => {
    running.push(work())
  }
  const around = () => ({ profile: currentProfile(null), lastMails })

  const publish = (all: readonly Said[], asked: ReadonlySet<string> = new Set()): void => {
    for (const one of all) {
      said.push({ ...one, asked })
      const { id } = one.record.facts
      const { seq } = one.record
      if (one.kind === 'change') {
        const level = one.announcement.says.level ?? 'none'
        // Published at least once, and heard in any order.
        for (const _ of [1, 2])
          spawn(async () => {
            await pause(`licensing hears ${id} ${seq}`)
            if (seq > (licensing.get(id)?.seq ?? 0)) licensing.set(id, { seq, level })
          })
      } else {
        const { key } = one.notice
        spawn(async () => {
          await pause(`the relay answers ${key}`)
          await reports(key, fate())
        })
      }
    }
  }

  /** One record of the consumer: read, fold, commit; once more when somebody was faster. */
  const consume = async (
    label: string,
    change: (before: CaseRecord | undefined) => CaseRecord | null,
    id: string,
  ) => {
    for (;;) {
      await pause(`${label}: read`)
      const before = cases.get(id)
      const changed = change(before?.record)
      if (changed === null) return
      const announced = before?.record.announced ?? null
      const settled = settleCase(changed, around(), RULES, now, now)
      const recovery = recoveryNotice(announced, settled, RULES, now)
      await pause(`${label}: commit`)
      if ((cases.get(id)?.version ?? 0) !== (before?.version ?? 0)) {
        losses.versions += 1
        continue
      }
      cases.set(id, { record: recovery?.record ?? settled.record, version: (before?.version ?? 0) + 1 })
      publish([...saidOf(settled), ...(recovery === null ? [] : [recovery])])
      return
    }
  }
  const tell = async (label: string, facts: readonly Fact[]): Promise<void> => {
    for (const one of caseFactsIn(facts)) await consume(label, (before) => foldFacts(before, one), one.id)
  }
  const reports = async (key: string, type: MailEventType): Promise<void> => {
    for (const id of [...cases.keys()])
      await consume(
        type,
        (before) => {
          const notice = before?.notices[key]
          if (before === undefined || notice === undefined) return null
          const reported = reportNotice(notice, type, now)
          return reported === notice ? null : { ...before, notices: { ...before.notices, [key]: reported } }
        },
        id,
      )
  }
  const seen = () => {
    events += 1
    return { at: Math.floor(now / 1000), eventId: `evt_${events}` }
  }

  /** One pass of a timer's replica, as run-steps makes it. */
  const pass = async (owner: string): Promise<void> => {
    await pause(`${owner}: claim`)
    if (lease !== null && !lease.isOver) return
    tokens += 1
    const mine = { owner, token: tokens, isOver: false }
    lease = mine
    const foreseen = whomToAsk(
      { cases: [...cases.values()].map(({ record }) => record), around: around(), now, wallNow: now },
      RULES,
    )
    const asked = new Set([...foreseen.restricted, ...foreseen.unexplained])
    await pause(`${owner}: ask Stripe`)
    const answers = [...asked].flatMap((id) => answerOf(id))
    await pause(`${owner}: read`)
    const read = new Map(cases)
    const facts = caseFactsIn(answers)
    const current = [...read.values()].map(({ record }) =>
      facts.reduce(
        (known, one) => (one.id === known.facts.id ? (foldFacts(known, one) ?? known) : known),
        record,
      ),
    )
    const input = { cases: current, around: around(), verified: asked, now, wallNow: now }
    const taken = takeSteps(input, RULES)
    await pause(`${owner}: commit`)
    if (lease?.token !== mine.token) {
      losses.leases += 1
      return
    }
    lease = null
    const isStale = [...read].some(([id, { version }]) => cases.get(id)?.version !== version)
    if (isStale || cases.size !== read.size) {
      losses.versions += 1
      return
    }
    for (const { caseId, run } of taken.steps) {
      const key = `${caseId}:${run.key}`
      if (stepKeys.has(key)) throw new Error(`taken twice: ${key}`)
      stepKeys.add(key)
    }
    for (const record of taken.cases)
      cases.set(record.facts.id, { record, version: (read.get(record.facts.id)?.version ?? 0) + 1 })
    lastMails = taken.lastMails
    publish(taken.said, asked)
  }

  const answerOf = (caseId: string): readonly Fact[] => {
    const id = cases.get(caseId)?.record.facts.subscription ?? ''
    return [
      subscription({ id, status: 'past_due' }, seen()),
      ...[...(invoicesOf.get(id) ?? [])].map((one) =>
        paidAtStripe.has(one)
          ? invoice({ id: one, subscription: id, status: 'paid', amountRemaining: 0 }, seen())
          : invoice({ id: one, subscription: id }, seen()),
      ),
    ]
  }

  return {
    cases,
    said,
    licensing,
    paidAtStripe,
    losses,
    now: () => now,
    advance: (ms: number): void => {
      now += ms
    },
    /** The webhook of it arrives whenever the scheduler says. */
    bill: (id: string, of: string, make: (at: { at: number; eventId: string }) => readonly Fact[]): void => {
      invoicesOf.set(of, new Set([...(invoicesOf.get(of) ?? []), id]))
      const facts = make(seen())
      spawn(() => tell(`webhook of ${id}`, facts))
    },
    tick: (owner: string): void => spawn(() => pass(owner)),
    /** A replica died, or thinks for too long: others may go on, and so may it. */
    loseLease: (): void => {
      if (lease !== null) lease.isOver = true
    },
    /** Everybody has gone as far as they can. Rejects with what went wrong anywhere. */
    rest: async (): Promise<void> => {
      await scheduler.waitIdle()
      await Promise.all(running)
    },
  }
}
export type InterleavedDunning = ReturnType<typeof createInterleavedDunning>
