import type { DunningEvent } from '@keyflow/contracts'
import type { MailOrder } from './message.ts'

/** How a dunning case stands, as far as mails about it have to know. Of two, the one with the higher fence holds. */
export interface CaseHead {
  readonly seq: number
  readonly isOpen: boolean
  readonly level: 'none' | 'downgraded' | 'suspended'
  /** Fence of the newest notice. */
  readonly noticeSeq: number
}

export const UNKNOWN_CASE: CaseHead = { seq: 0, isOpen: true, level: 'none', noticeSeq: 0 }

/** Idempotent, and the same in any order. */
export const advanceHead = (before: CaseHead, event: DunningEvent): CaseHead => {
  const noticeSeq = event.notice === undefined ? before.noticeSeq : Math.max(before.noticeSeq, event.seq)
  // A request for a mail says nothing new of the case itself.
  if (event.seq <= before.seq || event.type === 'dunning.notice_requested') return { ...before, noticeSeq }
  return {
    seq: event.seq,
    isOpen: event.type !== 'dunning.case_closed',
    level: event.restriction?.level ?? (event.type === 'dunning.case_closed' ? 'none' : before.level),
    noticeSeq,
  }
}

/** Mails that are about a case's end, and so are true after it. */
const AFTER_THE_END: ReadonlySet<string> = new Set([
  'payment_recovered',
  'subscription_canceled',
  'data_deletion_notice',
])

/** Why a notice is no longer true; null while it is. */
export const whyStale = (head: CaseHead, order: MailOrder): string | null => {
  if (order.notice === null || AFTER_THE_END.has(order.content.template)) return null
  const { seq } = order.notice
  if (!head.isOpen && head.seq > seq) return 'case_closed'
  if (head.noticeSeq > seq) return 'newer_notice'
  const { template } = order.content
  const speaksOf =
    template === 'license_downgraded' ? 'downgraded' : template === 'license_suspended' ? 'suspended' : null
  return speaksOf !== null && head.seq > seq && head.level === 'none' ? 'restriction_lifted' : null
}
