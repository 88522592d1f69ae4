import { current, type DunningOutcome } from '@keyflow/contracts'
import type { CaseFacts } from './case-facts.ts'
import { type StandingDebt, standingOf } from './debt.ts'
import { type Decision, givenUp } from './decision.ts'
import { type Episode, episodeOf } from './episode.ts'

export type CaseStatus = 'open' | DunningOutcome
export const CASE_STATUSES: readonly CaseStatus[] = [
  'open',
  'recovered',
  'canceled',
  'written_off',
  'stopped',
  'lost',
]

/** A case as its facts and its operators' decisions stand, whatever the time. */
export interface Standing {
  readonly status: Exclude<CaseStatus, 'lost'>
  readonly customer: string | null
  /** Owed and pursued, oldest first; empty unless open. */
  readonly owed: readonly StandingDebt[]
  /** Invoices that Stripe gave up: not pursued, and not paid either. Oldest first. */
  readonly writtenOff: readonly StandingDebt[]
  /** Minor units by currency, in the order of the currency codes; never added up across currencies. */
  readonly outstanding: Readonly<Record<string, number>>
  /** Every debt of the episode, paid ones included; what an operator gave up ended then. Oldest first. */
  readonly history: readonly StandingDebt[]
  /** The present episode; once nothing is owed, the last one. */
  readonly episode: Episode
  /** Why the subscription ended, once it has: Stripe's `cancellation_details.reason`. */
  readonly endedBy: string | null
}

const oldestFirst = (a: StandingDebt, b: StandingDebt): number =>
  a.since - b.since || (a.invoice < b.invoice ? -1 : 1)

/** null when nothing has ever failed. */
export const standOf = (facts: CaseFacts, decisions: readonly Decision[]): Standing | null => {
  const abandoned = givenUp(decisions)
  const all = facts.debts
    .flatMap((debt) => standingOf(debt) ?? [])
    .map((debt) => endedWith(debt, abandoned.get(debt.invoice)?.at ?? null))
    .sort(oldestFirst)
  const owed = all.filter(({ standing, invoice }) => standing === 'owed' && !abandoned.has(invoice))
  const writtenOff = all.filter(
    ({ standing, invoice }) => standing === 'written_off' && !abandoned.has(invoice),
  )
  const episode = episodeOf(owed.length > 0 ? owed : writtenOff.length > 0 ? writtenOff : newest(all), all)
  if (episode === null) return null
  const endedBy = endOf(facts)
  const status = statusOf(all, owed, writtenOff, abandoned, endedBy)
  return {
    status,
    customer: customerIn(facts),
    owed: status === 'open' ? owed : [],
    writtenOff,
    outstanding: status === 'open' ? totals(owed) : {},
    history: all.filter(({ invoice }) => episode.invoices.has(invoice)),
    episode,
    endedBy,
  }
}

/** `at`: unix milliseconds at which an operator gave the debt up. Its episode ends then, as if it had been paid. */
const endedWith = (debt: StandingDebt, at: number | null): StandingDebt =>
  at === null
    ? debt
    : { ...debt, endedAt: Math.min(debt.endedAt ?? Number.MAX_SAFE_INTEGER, Math.floor(at / 1000)) }

const newest = (all: readonly StandingDebt[]): readonly StandingDebt[] => {
  const last = [...all].sort((a, b) => (b.endedAt ?? b.since) - (a.endedAt ?? a.since))[0]
  return last === undefined ? [] : [last]
}

const endOf = ({ end }: CaseFacts): string | null => {
  if (end === null) return null
  const { status, cancelReason } = current(end).state
  return status === 'canceled' ? (cancelReason ?? 'unknown') : null
}

/** The customer left or disputes the payment: that is no failed payment to be pursued. When Stripe gave up, the debt stands. */
const NOT_PURSUED: ReadonlySet<string> = new Set(['cancellation_requested', 'payment_disputed'])

const statusOf = (
  all: readonly StandingDebt[],
  owed: readonly StandingDebt[],
  writtenOff: readonly StandingDebt[],
  abandoned: ReturnType<typeof givenUp>,
  endedBy: string | null,
): Standing['status'] => {
  if (owed.length > 0) return endedBy !== null && NOT_PURSUED.has(endedBy) ? 'canceled' : 'open'
  if (writtenOff.length > 0) return 'written_off'
  const given = all.flatMap(({ invoice, standing }) =>
    standing === 'settled' ? [] : [abandoned.get(invoice)?.as ?? null],
  )
  if (given.includes('written_off')) return 'written_off'
  return given.includes('stopped') ? 'stopped' : 'recovered'
}

const totals = (owed: readonly StandingDebt[]): Record<string, number> => {
  const sums: Record<string, number> = {}
  for (const { currency } of [...owed].sort((a, b) => (a.currency < b.currency ? -1 : 1))) sums[currency] = 0
  for (const { currency, remaining } of owed) sums[currency] = (sums[currency] ?? 0) + remaining
  return sums
}

/** Whose subscription it is, as far as any fact says. */
export const customerIn = ({ end, debts }: CaseFacts): string | null =>
  (end === null ? null : current(end).state.customer) ??
  debts
    .map(({ state }) => (state === null ? null : current(state).state.customer))
    .find((customer) => customer !== null) ??
  null
