import { current, type DunningOutcome } from '@keyflow/contracts'
import type { CaseFacts } from './case-facts.ts'
import { type StandingDebt, standingOf } from './debt.ts'

export type CaseStatus = 'open' | DunningOutcome
export const CASE_STATUSES: readonly CaseStatus[] = ['open', 'recovered', 'canceled', 'written_off']

/** A dunning case as its facts stand. */
export interface DunningCase {
  readonly status: CaseStatus
  readonly customer: string | null
  /** Unix seconds since which the oldest debt is owed; null once nothing is. */
  readonly anchorAt: number | null
  /** Minor units by currency, in the order of the currency codes. */
  readonly outstanding: Readonly<Record<string, number>>
  /** Owed, oldest first. */
  readonly debts: readonly StandingDebt[]
}

/** A pure function of the facts; null when nothing has ever failed. */
export const deriveCase = (facts: CaseFacts): DunningCase | null => {
  const counted = facts.debts.flatMap((debt) => standingOf(debt) ?? [])
  if (counted.length === 0) return null
  const owed = counted
    .filter(({ standing }) => standing === 'owed')
    .sort((a, b) => a.since - b.since || (a.invoice < b.invoice ? -1 : 1))
  const status = statusOf(facts, counted, owed)
  return {
    status,
    customer: customerOf(facts),
    anchorAt: status === 'open' ? (owed[0]?.since ?? null) : null,
    outstanding: status === 'open' ? totals(owed) : {},
    debts: owed,
  }
}

const statusOf = (
  { end }: CaseFacts,
  counted: readonly StandingDebt[],
  owed: readonly StandingDebt[],
): CaseStatus => {
  if (owed.length === 0)
    return counted.some(({ standing }) => standing === 'written_off') ? 'written_off' : 'recovered'
  return end !== null && endedOnRequest(current(end).state) ? 'canceled' : 'open'
}

/** The customer left: that is no failed payment to be pursued. When Stripe gave up collecting, the debt stands. */
const endedOnRequest = ({ status, cancelReason }: { status: string; cancelReason: string | null }): boolean =>
  status === 'canceled' && cancelReason === 'cancellation_requested'

const totals = (owed: readonly StandingDebt[]): Record<string, number> => {
  const sums: Record<string, number> = {}
  for (const { currency } of [...owed].sort((a, b) => (a.currency < b.currency ? -1 : 1))) sums[currency] = 0
  for (const { currency, remaining } of owed) sums[currency] = (sums[currency] ?? 0) + remaining
  return sums
}

const customerOf = ({ end, debts }: CaseFacts): string | null =>
  (end === null ? null : current(end).state.customer) ??
  debts.map(({ state }) => current(state).state.customer).find((customer) => customer !== null) ??
  null
