import type {
  DisputeState,
  RefundState,
  SubscriptionScheduleState,
  SubscriptionState,
  SubscriptionStatus,
} from '@keyflow/contracts'
import type { InvoiceFacts, SessionFacts } from './ledger-facts.ts'

/**
 * Transitions that Stripe never makes are evidence of stale input (licensing reference 4.2): nothing follows `canceled`
 * or `incomplete_expired`, nothing returns to `incomplete`. Higher wins over any clock.
 */
export const subscriptionLifecycle = (state: SubscriptionState): number => statusLifecycle(state.status)

export const statusLifecycle = (status: SubscriptionStatus): number => {
  if (status === 'canceled' || status === 'incomplete_expired') return 2
  return status === 'incomplete' ? 0 : 1
}

/** A schedule that is over never plans again. */
export const scheduleLifecycle = (state: SubscriptionScheduleState): number =>
  state.status === 'not_started' ? 0 : state.status === 'active' ? 1 : 2

/** `uncollectible -> paid` is legal; `paid` and `void` are final. */
export const invoiceLifecycle = (state: InvoiceFacts): number =>
  ({ unknown: 0, draft: 0, open: 1, uncollectible: 2, void: 3, paid: 3 })[state.status]

/** A delayed payment settles after the session completed; once settled it stays so. */
export const sessionLifecycle = (state: SessionFacts): number => {
  if (
    state.asyncOutcome !== null ||
    state.paymentStatus === 'paid' ||
    state.paymentStatus === 'no_payment_required'
  )
    return 2
  return state.status === 'open' ? 0 : 1
}

/** A refund may still fail after it succeeded; a failed one never comes back. */
export const refundLifecycle = (state: RefundState): number => {
  if (state.status === 'failed' || state.status === 'canceled') return 2
  return state.status === 'succeeded' ? 1 : 0
}

/** Only time orders disputes: a lost one may be appealed. */
export const disputeLifecycle = (_state: DisputeState): number => 0
