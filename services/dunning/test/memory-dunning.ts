import { type Fact, type MailEventType, scopedId } from '@keyflow/contracts'
import { readPolicies, readPolicyFile } from '../src/adapters/policy-file.ts'
import { createCalendar } from '../src/adapters/temporal-calendar.ts'
import { caseFactsIn } from '../src/domain/case-facts.ts'
import { type CaseRecord, fileOf, type Surroundings } from '../src/domain/case-record.ts'
import { currentProfile, customerFactsIn } from '../src/domain/customer-profile.ts'
import { type Decision, type DecisionAction, mergeDecisions } from '../src/domain/decision.ts'
import { foldFacts } from '../src/domain/fold-facts.ts'
import { policyByHash } from '../src/domain/match-policy.ts'
import { reportNotice } from '../src/domain/notice.ts'
import { type Plan, plan } from '../src/domain/plan.ts'
import type { Policy, PolicyBook } from '../src/domain/policy.ts'
import { recoveryNotice } from '../src/domain/recovery-notice.ts'
import { type Rules, settleCase } from '../src/domain/settle-case.ts'
import { customerIn } from '../src/domain/standing.ts'
import { type Said, saidOf, takeSteps } from '../src/domain/take-steps.ts'

export const CALENDAR = createCalendar()
export const DAY = 86_400_000

/** Policies of a YAML text; throws what the lint finds. */
export const policiesOf = (yaml: string): PolicyBook => {
  const { policies, findings } = readPolicies(yaml, CALENDAR)
  if (policies === null) throw new Error(JSON.stringify(findings, null, 1))
  return { current: policies, retired: new Map() }
}

export const SHIPPED: PolicyBook = {
  current: readPolicyFile('', CALENDAR).policies ?? [],
  retired: new Map(),
}
export const SHIPPED_POLICY = SHIPPED.current[0]?.policy as Policy

export interface Mail {
  readonly at: number
  readonly caseId: string
  readonly notice: Extract<Said, { kind: 'notice' }>['notice']
}

/** Dunning with everything around it in memory: the same domain, no clock but the one that the test turns. */
export const createMemoryDunning = (options: {
  readonly now: number
  readonly book?: PolicyBook
  readonly accountZone?: string
  /** What becomes of each mail; null = nothing is heard of it. */
  readonly postman?: (mail: Mail) => MailEventType | null
  /** Whether Stripe answers; what it says is folded before a restriction. */
  readonly stripe?: (caseId: string) => readonly Fact[] | null
}) => {
  let now = options.now
  let book = options.book ?? SHIPPED
  const postman = options.postman ?? (() => 'mail.accepted')
  const cases = new Map<string, CaseRecord>()
  const profiles = new Map<string, Parameters<typeof currentProfile>[0]>()
  const lastMails = new Map<string, readonly number[]>()
  const said: (Said & { readonly at: number })[] = []
  const mails: Mail[] = []
  const taken: { readonly id: string; readonly at: number; readonly level: string | null }[] = []
  const rules = (): Rules => ({
    book,
    calendar: CALENDAR,
    accountZone: options.accountZone ?? 'UTC',
    paymentUrl: () => null,
  })
  const customerOf = ({ facts }: CaseRecord): string =>
    scopedId(facts.scope, customerIn(facts) ?? facts.subscription)
  const aroundOf = (customer: string): Surroundings => ({
    profile: currentProfile(profiles.get(customer) ?? null),
    lastMails: lastMails.get(customer) ?? [],
  })
  const say = (all: readonly Said[]): void => {
    for (const one of all) {
      said.push({ ...one, at: now })
      if (one.kind !== 'notice') continue
      const mail = { at: now, caseId: one.record.facts.id, notice: one.notice }
      mails.push(mail)
      const fate = postman(mail)
      if (fate !== null) outbox.push(() => report(one.notice.key, fate))
    }
  }
  const outbox: (() => void)[] = []
  const settle = (record: CaseRecord): void => {
    const before = record.announced
    const settled = settleCase(record, aroundOf(customerOf(record)), rules(), now, now)
    const recovery = recoveryNotice(before, settled, rules(), now)
    cases.set(record.facts.id, recovery?.record ?? settled.record)
    say([...saidOf(settled), ...(recovery === null ? [] : [recovery])])
    drain()
  }
  const drain = (): void => {
    for (let next = outbox.shift(); next !== undefined; next = outbox.shift()) next()
  }
  const report = (key: string, type: MailEventType): void => {
    for (const record of [...cases.values()]) {
      const notice = record.notices[key]
      if (notice === undefined) continue
      settle({ ...record, notices: { ...record.notices, [key]: reportNotice(notice, type, now) } })
    }
  }
  const deliver = (facts: readonly Fact[]): void => {
    for (const { id, register } of customerFactsIn(facts)) profiles.set(id, register)
    for (const one of caseFactsIn(facts)) {
      const folded = foldFacts(cases.get(one.id), one)
      if (folded !== null) settle(folded)
    }
  }
  /** Whom a scheduler has asked Stripe about, before it was interrupted. */
  let asked: ReadonlySet<string> = new Set()
  /** Takes what is due, as one pass of the scheduler does; returns how many steps were taken. */
  const tick = (isResumed = false): number => {
    let count = 0
    const customers = new Set([...cases.values()].filter(({ state }) => state !== null).map(customerOf))
    for (const customer of customers) {
      const mine = () => [...cases.values()].filter((record) => customerOf(record) === customer)
      const input = (verified: ReadonlySet<string>) => ({
        cases: mine(),
        around: aroundOf(customer),
        verified,
        now,
        wallNow: now,
      })
      const { unverified } = takeSteps(input(new Set()), rules())
      const verified = new Set<string>(isResumed ? asked : [])
      for (const id of isResumed ? [] : unverified) {
        const answer = options.stripe === undefined ? [] : options.stripe(id)
        if (answer === null) continue
        verified.add(id)
        deliver(answer)
      }
      const done = takeSteps(input(verified), rules())
      for (const record of done.cases) cases.set(record.facts.id, record)
      lastMails.set(customer, done.lastMails)
      for (const { caseId, run } of done.steps)
        taken.push({ id: `${caseId}:${run.key}`, at: now, level: run.restrict?.level ?? null })
      count += done.steps.length
      say(done.said)
      drain()
    }
    return count
  }
  const nextAt = (): number | null => {
    const wakes = [...cases.values()].flatMap(({ state }) => state?.nextActionAt ?? [])
    return wakes.length === 0 ? null : Math.min(...wakes)
  }
  const planOf = (record: CaseRecord): Plan | null => {
    const policy = policyByHash(book, record.pinned?.hash ?? '') ?? SHIPPED_POLICY
    return plan(fileOf(record, aroundOf(customerOf(record))), policy, now, CALENDAR, options.accountZone)
  }
  return {
    deliver,
    tick: () => tick(),
    /** The first half of a pass: Stripe is asked about whoever is to be restricted. */
    ask: (): void => {
      asked = new Set([...cases.keys()])
    },
    /** The second half, after whatever has happened since. */
    resume: (): number => tick(true),
    report,
    cases,
    said,
    mails,
    taken,
    now: () => now,
    useBook: (next: PolicyBook): void => {
      book = {
        current: next.current,
        retired: new Map([
          ...book.retired,
          ...book.current.map(({ hash, policy }) => [hash, policy] as const),
        ]),
      }
    },
    /** Moves time, stopping wherever something falls due, as a scheduler that runs all the time does. */
    advanceTo: (to: number): void => {
      for (let turns = 0; turns < 500; turns += 1) {
        const next = nextAt()
        if (next === null || next > to) break
        now = Math.max(now, next)
        if (tick() === 0 && (nextAt() ?? to + 1) <= now) break
      }
      now = Math.max(now, to)
      tick()
    },
    /** Moves time while nothing runs. */
    sleepTo: (to: number): void => {
      now = Math.max(now, to)
    },
    decide: (caseId: string, action: DecisionAction, id = `op_${now}`): Decision => {
      const decision: Decision = { id, at: now, actor: 'operator', reason: 'test', action }
      const record = cases.get(caseId)
      if (record !== undefined) settle({ ...record, decisions: mergeDecisions(record.decisions, [decision]) })
      return decision
    },
    caseOf: (subscription = 'sub_1'): CaseRecord | undefined =>
      [...cases.values()].find(({ facts }) => facts.subscription === subscription),
    planOf,
    settleAll: (): void => {
      for (const record of [...cases.values()]) settle(record)
    },
  }
}
export type MemoryDunning = ReturnType<typeof createMemoryDunning>
