import type { Announced } from './announce.ts'
import { fateOf } from './notice.ts'
import type { Rules, Settled } from './settle-case.ts'
import type { Said } from './take-steps.ts'
import { writeNotice } from './write-notice.ts'

/** "All is well again": only to a customer who was told before that it was not. `before` = what was announced last. */
export const recoveryNotice = (
  before: Announced | null,
  { record, plan, policy, announcement }: Settled,
  rules: Rules,
  wallNow: number,
): Extract<Said, { kind: 'notice' }> | null => {
  if (before === null || plan === null || policy?.recovery.email == null) return null
  if (announcement?.type !== 'dunning.case_closed' || announcement.says.outcome !== 'recovered') return null
  const wasTold = Object.values(record.notices).some(
    (notice) => plan.standing.episode.invoices.has(notice.invoice) && fateOf(notice) === 'accepted',
  )
  if (!wasTold) return null
  const numbered = { ...record, seq: record.seq + 1 }
  const key = `${record.facts.id}:${[...plan.standing.episode.invoices].sort().at(-1)}:recovered`
  const notice = writeNotice(
    { template: policy.recovery.email, key, lead: { record, plan }, cases: [] },
    rules.paymentUrl(record.facts.id),
    wallNow,
  )
  return { kind: 'notice', record: numbered, plan, notice }
}
