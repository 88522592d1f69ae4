import type { CaseRow } from '../adapters/case-store.ts'

const iso = (seconds: number | null): string | null =>
  seconds === null ? null : new Date(seconds * 1000).toISOString()

const isoMs = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())

/** A case as operators see it; its debts with what is owed and since when. */
export const caseView = ({ record: { facts, state, seq, pinned }, updatedAt }: CaseRow) => ({
  id: facts.id,
  account: facts.scope.account,
  livemode: facts.scope.livemode,
  subscription: facts.subscription,
  customer: state?.customer ?? null,
  status: state?.status ?? null,
  policy: pinned?.id ?? null,
  level: state?.level ?? 'none',
  tier: state?.tier ?? null,
  next_action_at: isoMs(state?.nextActionAt ?? null),
  test_clock: facts.clock,
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
