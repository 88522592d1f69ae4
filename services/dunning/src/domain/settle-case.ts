import { type Announcement, announce } from './announce.ts'
import type { Calendar } from './calendar.ts'
import { type CaseRecord, type CaseState, fileOf, type Surroundings } from './case-record.ts'
import { choosePolicy, policyByHash } from './match-policy.ts'
import { type Plan, plan } from './plan.ts'
import type { PinnedPolicy, Policy, PolicyBook } from './policy.ts'
import { standOf } from './standing.ts'
import { subjectOf } from './subject.ts'

/** What plans are made by, the same for all cases. */
export interface Rules {
  readonly book: PolicyBook
  readonly calendar: Calendar
  readonly accountZone: string
  /** Where the customer can pay; null while no links are made. */
  readonly paymentUrl: (caseId: string) => string | null
}

export interface Settled {
  readonly record: CaseRecord
  readonly plan: Plan | null
  readonly policy: Policy | null
  readonly announcement: Announcement | null
}

/**
 * Brings a case up to what its facts, decisions and runs say at `now` (unix milliseconds, by its clock), and tells what of it
 * is news. `wallNow` is everybody's clock: how long licensing takes is measured by that.
 */
export const settleCase = (
  record: CaseRecord,
  around: Surroundings,
  rules: Rules,
  now: number,
  wallNow: number,
): Settled => {
  const pinned = pinPolicy(record, around, rules)
  const policy = pinned === null ? null : pinned.policy
  const planned =
    policy === null ? null : plan(fileOf(record, around), policy, now, rules.calendar, rules.accountZone)
  const announcement = announce(record.announced, planned)
  const seq = record.seq + (announcement === null ? 0 : 1)
  return {
    record: {
      ...record,
      seq,
      announced: announcement?.says ?? record.announced,
      pinned: pinned === null ? record.pinned : pinned.pin,
      wanted:
        announcement === null || announcement.says.level === null
          ? record.wanted
          : { seq, level: announcement.says.level, at: wallNow },
      state: planned === null ? null : stateOf(planned),
    },
    plan: planned,
    policy,
    announcement,
  }
}

interface Pinned {
  readonly policy: Policy
  readonly pin: NonNullable<CaseRecord['pinned']>
}

/** A case keeps the policy that its episode began under, whatever the file says by now. */
const pinPolicy = (record: CaseRecord, around: Surroundings, { book }: Rules): Pinned | null => {
  const standing = standOf(record.facts, record.decisions)
  if (standing === null) return null
  const { pinned } = record
  const kept =
    pinned !== null && standing.episode.invoices.has(pinned.invoice)
      ? policyByHash(book, pinned.hash)
      : undefined
  if (pinned !== null && kept !== undefined) return { policy: kept, pin: pinned }
  const anchor = standing.owed[0] ?? null
  const chosen: PinnedPolicy = choosePolicy(book, subjectOf({ ...record, ...around }, standing, anchor))
  const invoice = anchor?.invoice ?? [...standing.episode.invoices].sort()[0] ?? ''
  return { policy: chosen.policy, pin: { invoice, id: chosen.policy.id, hash: chosen.hash } }
}

const stateOf = (planned: Plan): CaseState => ({
  status: planned.status,
  customer: planned.standing.customer,
  anchorAt: planned.status === 'open' ? (planned.standing.owed[0]?.since ?? null) : null,
  outstanding: planned.standing.outstanding,
  debts: planned.standing.owed,
  level: planned.level,
  tier: planned.tier,
  nextActionAt: planned.nextActionAt,
})
