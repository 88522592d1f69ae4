import type { CaseRow } from '../adapters/case-store.ts'

const iso = (seconds: number | null): string | null =>
  seconds === null ? null : new Date(seconds * 1000).toISOString()

/** A case as operators see it; its debts with what is owed and since when. */
export const caseView = ({ facts, state, seq, updatedAt }: CaseRow) => ({
  id: facts.id,
  account: facts.scope.account,
  livemode: facts.scope.livemode,
  subscription: facts.subscription,
  customer: state?.customer ?? null,
  status: state?.status ?? null,
  anchor_at: iso(state?.anchorAt ?? null),
  outstanding: state?.outstanding ?? {},
  debts: (state?.debts ?? []).map((debt) => ({
    invoice: debt.invoice,
    currency: debt.currency,
    remaining: debt.remaining,
    since: iso(debt.since),
    attempts: debt.attemptCount,
    next_attempt_at: iso(debt.nextAttemptAt),
  })),
  seq,
  updated_at: updatedAt.toISOString(),
})
