import {
  current,
  type InvoiceState,
  type InvoiceStatus,
  mergeRegisters,
  type Register,
} from '@keyflow/contracts'

/** What an invoice says of the debt behind it. */
export interface InvoiceDebt {
  readonly status: InvoiceStatus
  readonly billingReason: string | null
  readonly customer: string | null
  readonly currency: string | null
  /** Minor units still to be paid. */
  readonly remaining: number | null
  readonly attemptCount: number | null
  /** Unix seconds. */
  readonly nextAttemptAt: number | null
  readonly dueAt: number | null
}

/** One invoice of a subscription, as far as is known. Merges in any order to the same. */
export interface Debt {
  readonly invoice: string
  readonly state: Register<InvoiceDebt>
  /** Unix seconds of the first failed (or unconfirmed) payment that was heard of; null = none yet. */
  readonly failedAt: number | null
  /** Unix seconds at which it was first heard to be overdue; it is owed since its due date. */
  readonly overdueAt: number | null
}

export const invoiceDebt = (invoice: InvoiceState): InvoiceDebt => ({
  status: invoice.status,
  billingReason: invoice.billingReason,
  customer: invoice.customer,
  currency: invoice.currency,
  remaining: invoice.amountRemaining ?? invoice.amountDue,
  attemptCount: invoice.attemptCount,
  nextAttemptAt: invoice.nextPaymentAttempt,
  dueAt: invoice.dueDate,
})

const LIFE: Readonly<Record<InvoiceStatus, number>> = {
  unknown: 0,
  draft: 0,
  open: 1,
  uncollectible: 2,
  void: 3,
  paid: 4,
}

/** Paid and void are final whatever arrives later; what was written off can still be paid. */
const lifecycle = ({ status }: InvoiceDebt): number => LIFE[status]

const earliest = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b)

/** Idempotent, commutative, associative. */
export const mergeDebts = (a: Debt | undefined, b: Debt): Debt =>
  a === undefined
    ? b
    : {
        invoice: a.invoice,
        state: mergeRegisters(a.state, b.state, lifecycle),
        failedAt: earliest(a.failedAt, b.failedAt),
        overdueAt: earliest(a.overdueAt, b.overdueAt),
      }

export interface StandingDebt {
  readonly invoice: string
  readonly standing: 'owed' | 'settled' | 'written_off'
  /** Unix seconds since which it is owed. */
  readonly since: number
  readonly currency: string
  readonly remaining: number
  readonly attemptCount: number | null
  readonly nextAttemptAt: number | null
}

/**
 * How a debt stands; null when it is none: nothing has failed yet, or it is the first invoice of a subscription (its
 * buyer is still in the checkout and sees the failure there).
 */
export const standingOf = (debt: Debt): StandingDebt | null => {
  const { state } = current(debt.state)
  const since = earliest(debt.failedAt, debt.overdueAt === null ? null : (state.dueAt ?? debt.overdueAt))
  if (since === null || state.billingReason === 'subscription_create') return null
  const remaining = Math.max(0, state.remaining ?? 0)
  return {
    invoice: debt.invoice,
    standing: standingWord(state.status, remaining),
    since,
    currency: state.currency ?? 'unknown',
    remaining,
    attemptCount: state.attemptCount,
    nextAttemptAt: state.nextAttemptAt,
  }
}

const standingWord = (status: InvoiceStatus, remaining: number): StandingDebt['standing'] => {
  if (status === 'paid' || status === 'void') return 'settled'
  if (status === 'uncollectible') return 'written_off'
  return remaining === 0 ? 'settled' : 'owed'
}
