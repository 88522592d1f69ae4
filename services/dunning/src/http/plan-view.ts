import type { CaseRow } from '../adapters/case-store.ts'
import type { Plan } from '../domain/plan.ts'
import { caseView } from './case-view.ts'

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())

/** Every step with its date and what moved it: the dates that mails print and the timer acts upon. */
export const stepsView = (plan: Plan | null) =>
  (plan?.steps ?? []).map(({ key, step, invoice, email, restrict, task, scheduledAt, at, state, why }) => ({
    key,
    step: step.id,
    invoice,
    state,
    at: iso(at),
    scheduled_at: iso(scheduledAt),
    why: [...why],
    email,
    restrict: restrict?.level ?? null,
    task,
  }))

/** One case whole: as in the list, with its plan, its mails and what was decided about it. `now`: by its clock. */
export const fullCaseView = (row: CaseRow, plan: Plan | null, now: number) => ({
  ...caseView(row),
  now: iso(now),
  ends_at: iso(plan?.endsAt ?? null),
  steps: stepsView(plan),
  notices: Object.values(row.record.notices).map((notice) => ({
    id: notice.id,
    invoice: notice.invoice,
    announces: notice.announces.map(({ step, level, at }) => ({ step, level, at: iso(at) })),
    requested_at: iso(notice.requestedAt),
    accepted_at: iso(notice.acceptedAt),
    refused_at: iso(notice.refusedAt),
    failed_at: iso(notice.failedAt),
  })),
  decisions: row.record.decisions.map(({ id, at, actor, reason, action }) => ({
    id,
    at: iso(at),
    actor,
    reason,
    kind: action.kind,
  })),
})
