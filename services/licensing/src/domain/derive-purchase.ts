import { current, scopedId } from '@keyflow/contracts'
import type { Validity } from './catalog.ts'
import { resolvePrice } from './catalog-history.ts'
import type { DeriveContext } from './derive-subscription.ts'
import type { Billed, BilledLicense, BillingStatus, Review } from './derived-license.ts'
import type { SessionFacts } from './ledger-facts.ts'
import { paymentOf } from './payments.ts'

const DAY = 86_400

/**
 * The licenses of a one-time checkout: one per line. Webhooks never carry line items, so they are asked for once the
 * buyer has completed the session.
 */
export const derivePurchase = (context: DeriveContext, session: SessionFacts, seenAt: number): Billed => {
  const nothing: Billed = { licenses: [], reviews: [], needs: [], ties: [] }
  if (session.mode !== 'payment' || session.status === 'open' || session.status === 'expired') return nothing
  const known = context.facts.lineItems[session.id]
  if (known === undefined)
    return { ...nothing, needs: [{ what: 'checkout_session_line_items', subject: session.id }] }
  const lines = current(known).state
  const money = moneyOf(context, session)
  const boughtAt = session.createdAt ?? seenAt
  const licenses: BilledLicense[] = []
  const reviews: Review[] = []
  for (const line of lines.items) {
    const meaning = resolvePrice(context.history, line.price, context.scope.livemode, boughtAt)
    if (meaning.kind === 'unknown')
      reviews.push({
        id: `${scopedId(context.scope, line.id)}:unknown_price`,
        reason: 'unknown_price',
        customer: session.customer,
        subjects: [session.id, line.id],
        price: line.price?.id ?? null,
        atRisk:
          session.currency === null || session.amountTotal === null || !money.granted
            ? {}
            : { [session.currency]: session.amountTotal },
      })
    if (meaning.kind !== 'terms') continue
    const { validity, maintenanceDays } = meaning.terms
    licenses.push({
      id: context.identify(`${scopedId(context.scope, session.id)}:${line.id}`),
      origin: { kind: 'checkout_line', session: session.id, line: line.id },
      customer: session.customer,
      contactRefs: [session.customer, session.id, session.paymentIntent].filter((ref) => ref !== null).sort(),
      granted: money.granted,
      billing: money.billing,
      reason: money.reason,
      validThrough: lastGoodSecond(validity, boughtAt),
      ...(maintenanceDays === undefined ? {} : { maintenanceEndsAt: boughtAt + maintenanceDays * DAY }),
      trialEndsAt: null,
      cancelAt: null,
      startedAt: session.createdAt,
      upcoming: null,
      endedAt: null,
      price: line.price?.id ?? 'none',
      terms: meaning.terms,
      pin: meaning.pin,
      quantity: line.quantity ?? 1,
      flags: money.flags,
    })
  }
  return { licenses, reviews, needs: [], ties: [] }
}

const lastGoodSecond = (validity: Validity, boughtAt: number): number | null => {
  if (validity.kind === 'perpetual') return null
  return validity.kind === 'days' ? boughtAt + validity.days * DAY : validity.until
}

interface Money {
  readonly granted: boolean
  readonly billing: BillingStatus
  readonly reason: string | null
  readonly flags: readonly string[]
}

/** Delayed methods complete the session unpaid and settle days later. */
const moneyOf = (context: DeriveContext, session: SessionFacts): Money => {
  const isPaid =
    session.paymentStatus === 'paid' ||
    session.paymentStatus === 'no_payment_required' ||
    session.asyncOutcome === 'succeeded'
  if (!isPaid)
    return session.asyncOutcome === 'failed'
      ? { granted: false, billing: 'ended', reason: 'payment_failed', flags: [] }
      : { granted: false, billing: 'pending', reason: 'unpaid', flags: [] }
  const start = { session: session.id, intent: session.paymentIntent }
  const payment = paymentOf(context.facts, start, session.amountTotal)
  const flags = payment.fraudWarned ? ['early_fraud_warning'] : []
  const paid = (billing: BillingStatus, reason: string | null): Money => ({
    granted: true,
    billing,
    reason,
    flags,
  })
  if (payment.disputeLost) return paid('revoked', 'dispute_lost')
  if (payment.refundedInFull) return paid('revoked', 'refunded')
  if (payment.disputeOpen && context.policy.openDispute === 'suspend')
    return paid('suspended', 'dispute_open')
  if (payment.fraudWarned && context.policy.fraudWarning === 'suspend')
    return paid('suspended', 'fraud_warning')
  return paid('active', null)
}
