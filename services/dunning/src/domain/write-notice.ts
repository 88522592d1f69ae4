import type { BillingNotice, DunningNotice, NoticeTemplate } from '@keyflow/contracts'
import type { CaseRecord } from './case-record.ts'
import type { Plan } from './plan.ts'
import type { PlannedStep } from './planned-step.ts'

/** One case of the customer as a mail shows it. */
export interface NoticeCase {
  readonly record: CaseRecord
  readonly plan: Plan
}

export interface NoticeOrder {
  readonly template: NoticeTemplate
  /** Unique for ever. */
  readonly key: string
  /** The case that the mail is about first of all. */
  readonly lead: NoticeCase
  /** Every open case of the customer: their debts are one list. */
  readonly cases: readonly NoticeCase[]
}

const iso = (ms: number): string => new Date(ms).toISOString()

/** Two days: a relay that is down for longer makes old news of it. */
const WORTH_SENDING_MS = 2 * 86_400_000

/** Deterministic: the same steps of the same cases are one mail, whoever asks for it how often. */
export const noticeKey = (covers: readonly { readonly caseId: string; readonly step: string }[]): string =>
  covers
    .map(({ caseId, step }) => `${caseId}:${step}`)
    .sort()
    .join('+')

/** The facts of one mail. `wallNow`: unix milliseconds of everybody's clock, by which relays and queues live. */
export const writeNotice = (
  { template, key, lead, cases }: NoticeOrder,
  paymentUrl: string | null,
  wallNow: number,
): DunningNotice => {
  const next = soonest(cases)
  const owed = cases
    .flatMap(({ plan }) => plan.standing.owed)
    .sort((a, b) => a.since - b.since || (a.invoice < b.invoice ? -1 : 1))
  const tries = owed.flatMap(({ nextAttemptAt }) => nextAttemptAt ?? [])
  return {
    key,
    template,
    debts: owed.map(({ invoice, currency, remaining }) => ({ invoice, currency, amount: remaining })),
    announces: next === null ? null : { level: next.level, at: iso(next.at) },
    tier: lead.plan.level === 'none' ? (next?.tier ?? null) : lead.plan.tier,
    paymentUrl,
    nextAttemptAt: tries.length === 0 ? null : iso(Math.min(...tries) * 1000),
    dataKeptUntil: null,
    zone: lead.plan.zone,
    expiresAt: iso(wallNow + WORTH_SENDING_MS),
  }
}

/** The restriction that comes next, with its date as things stand. */
export const nextRestriction = (
  steps: readonly PlannedStep[],
): {
  readonly level: 'downgraded' | 'suspended'
  readonly tier: string | null
  readonly at: number
} | null => {
  for (const { restrict, state, at } of steps)
    if (restrict !== null && at !== null && (state === 'waiting' || state === 'due'))
      return { level: restrict.level, tier: restrict.to, at }
  return null
}

const soonest = (cases: readonly NoticeCase[]) =>
  cases.flatMap(({ plan }) => nextRestriction(plan.steps) ?? []).sort((a, b) => a.at - b.at)[0] ?? null

/** How the case stands for the customer's own software; null once nothing is owed. */
export const billingNotice = (plan: Plan | null, paymentUrl: string | null): BillingNotice | null => {
  if (plan === null || (plan.status !== 'open' && plan.level === 'none')) return null
  const next = nextRestriction(plan.steps)
  return {
    state: plan.level === 'none' ? 'past_due' : plan.level,
    restrictAt: next === null ? null : iso(next.at),
    updatePaymentUrl: paymentUrl,
  }
}
