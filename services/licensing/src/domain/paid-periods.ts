import { current } from '@keyflow/contracts'
import type { LedgerFacts } from './ledger-facts.ts'
import { paymentOf } from './payments.ts'

/** What a subscription item's invoices say. Unix seconds; null = no such line. */
export interface PaidPeriods {
  /** Latest end of a period that is paid and not refunded in full. A maximum, never a sum: repeats and prorations are harmless. */
  readonly paidThrough: number | null
  /** The latest period whose payment was given back. */
  readonly refundedFrom: number | null
  readonly refundedThrough: number | null
  readonly everPaid: boolean
  readonly disputeOpen: boolean
  readonly disputeLost: boolean
  readonly fraudWarned: boolean
}

/** Reads the invoices of one subscription once, for all of its items. */
export const paidPeriodsOf = (facts: LedgerFacts, subscription: string): ((item: string) => PaidPeriods) => {
  const paid = Object.values(facts.invoices)
    .map((register) => current(register).state)
    .filter((invoice) => invoice.subscription === subscription && invoice.status === 'paid')
    .map((invoice) => ({ invoice, payment: paymentOf(facts, { invoice: invoice.id }, invoice.amountPaid) }))
  const disputeOpen = paid.some(({ payment }) => payment.disputeOpen)
  const fraudWarned = paid.some(({ payment }) => payment.fraudWarned)
  const disputeLost = paid.some(({ payment }) => payment.disputeLost)
  return (item) => {
    let paidThrough: number | null = null
    let refundedThrough: number | null = null
    let refundedFrom: number | null = null
    for (const { invoice, payment } of paid)
      for (const line of invoice.lines) {
        if (line.subscriptionItem !== item || line.periodEnd === null) continue
        if (payment.refundedInFull) {
          if (refundedThrough !== null && line.periodEnd < refundedThrough) continue
          refundedFrom =
            line.periodEnd === refundedThrough ? earlier(refundedFrom, line.periodStart) : line.periodStart
          refundedThrough = line.periodEnd
        } else paidThrough = later(paidThrough, line.periodEnd)
      }
    const everPaid = paidThrough !== null || refundedThrough !== null
    return { paidThrough, refundedFrom, refundedThrough, everPaid, disputeOpen, disputeLost, fraudWarned }
  }
}

export const later = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.max(a, b)

const earlier = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b)
