import {
  current,
  type InvoiceState,
  type InvoiceStatus,
  mergeRegisters,
  type Register,
} from '@keyflow/contracts'
import { type DeclineClass, declineClassOf } from './decline-class.ts'

/** What an invoice says of the debt behind it. */
export interface InvoiceDebt {
  readonly status: InvoiceStatus
  readonly billingReason: string | null
  readonly collectionMethod: string | null
  readonly customer: string | null
  readonly number: string | null
  readonly currency: string | null
  /** Minor units still to be paid, and in all. */
  readonly remaining: number | null
  readonly due?: number | null
  readonly attemptCount: number | null
  /** Unix seconds. */
  readonly nextAttemptAt: number | null
  readonly dueAt: number | null
  readonly paidAt: number | null
  /** Why the last payment was refused, where Stripe's answer included it. */
  readonly declineCode: string | null
}

/** One invoice of a subscription, as far as is known. Merges in any order to the same. */
export interface Debt {
  readonly invoice: string
  /** null while only its failure was heard of. */
  readonly state: Register<InvoiceDebt> | null
  /** Unix seconds of the first failed payment that was heard of; null = none yet. */
  readonly failedAt: number | null
  /** The same, of a payment that its customer must confirm. */
  readonly actionAt: number | null
  /** Unix seconds at which it was first heard to be overdue; it is owed since its due date. */
  readonly overdueAt: number | null
  /** Unix seconds of the earliest news that it was settled (later news of it end nothing anew). */
  readonly settledAt: number | null
  /** The same, of Stripe having given it up. */
  readonly writtenOffAt: number | null
}

export const invoiceDebt = (invoice: InvoiceState): InvoiceDebt => ({
  status: invoice.status,
  billingReason: invoice.billingReason,
  collectionMethod: invoice.collectionMethod,
  customer: invoice.customer,
  number: invoice.number,
  currency: invoice.currency,
  remaining: invoice.amountRemaining ?? invoice.amountDue,
  due: invoice.amountDue,
  attemptCount: invoice.attemptCount,
  nextAttemptAt: invoice.nextPaymentAttempt,
  dueAt: invoice.dueDate,
  paidAt: invoice.paidAt,
  declineCode: invoice.declineCode ?? null,
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

const earliest = (...instants: readonly (number | null)[]): number | null => {
  const known = instants.filter((instant) => instant !== null)
  return known.length === 0 ? null : Math.min(...known)
}

/** Idempotent, commutative, associative. */
export const mergeDebts = (a: Debt | undefined, b: Debt): Debt =>
  a === undefined
    ? b
    : {
        invoice: a.invoice,
        state: b.state === null ? a.state : mergeRegisters(a.state ?? undefined, b.state, lifecycle),
        failedAt: earliest(a.failedAt, b.failedAt),
        actionAt: earliest(a.actionAt, b.actionAt),
        overdueAt: earliest(a.overdueAt, b.overdueAt),
        settledAt: earliest(a.settledAt, b.settledAt),
        writtenOffAt: earliest(a.writtenOffAt, b.writtenOffAt),
      }

export const DEBT_REASONS = ['payment_failed', 'action_required', 'overdue'] as const
export type DebtReason = (typeof DEBT_REASONS)[number]

export interface StandingDebt {
  readonly invoice: string
  readonly standing: 'owed' | 'settled' | 'written_off'
  readonly reasons: readonly DebtReason[]
  /** Unix seconds since which it is owed. */
  readonly since: number
  /** Unix seconds of the first news that it is owed no more; null while it is. */
  readonly endedAt: number | null
  readonly number: string | null
  readonly currency: string
  readonly remaining: number
  readonly attemptCount: number | null
  readonly nextAttemptAt: number | null
  readonly collectionMethod: string | null
  readonly decline: DeclineClass
}

/**
 * How a debt stands; null when it is none: nothing has failed yet, nothing but its failure is known, or it is the first
 * invoice of a subscription (its buyer is still in the checkout and sees the failure there).
 */
export const standingOf = (debt: Debt): StandingDebt | null => {
  if (debt.state === null) return null
  const { state, at } = current(debt.state)
  const overdueSince = debt.overdueAt === null ? null : (state.dueAt ?? debt.overdueAt)
  const since = earliest(debt.failedAt, debt.actionAt, overdueSince)
  if (since === null || state.billingReason === 'subscription_create') return null
  const standing = standingIn(state)
  const endedAt = standing === 'written_off' ? debt.writtenOffAt : (state.paidAt ?? debt.settledAt)
  return {
    invoice: debt.invoice,
    standing,
    reasons: [
      ...(debt.failedAt === null ? [] : ['payment_failed' as const]),
      ...(debt.actionAt === null ? [] : ['action_required' as const]),
      ...(debt.overdueAt === null ? [] : ['overdue' as const]),
    ],
    since,
    endedAt: standing === 'owed' ? null : Math.max(endedAt ?? at, since),
    number: state.number,
    currency: state.currency ?? 'unknown',
    remaining: remainingIn(state),
    attemptCount: state.attemptCount,
    nextAttemptAt: state.nextAttemptAt,
    collectionMethod: state.collectionMethod,
    decline: declineClassOf(state.declineCode, debt.actionAt !== null),
  }
}

const remainingIn = ({ remaining }: InvoiceDebt): number => Math.max(0, remaining ?? 0)

export const standingIn = (invoice: InvoiceDebt): StandingDebt['standing'] => {
  if (invoice.status === 'paid' || invoice.status === 'void') return 'settled'
  if (invoice.status === 'uncollectible') return 'written_off'
  return remainingIn(invoice) === 0 ? 'settled' : 'owed'
}
