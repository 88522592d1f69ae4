import {
  current,
  type PriceRef,
  type Scope,
  type SubscriptionItemState,
  type SubscriptionState,
  scopedId,
} from '@keyflow/contracts'
import { onTier, type Terms, tierOf } from './catalog.ts'
import { type CatalogHistory, type CatalogPin, headOf, resolvePrice } from './catalog-history.ts'
import type {
  Billed,
  BilledLicense,
  BillingStatus,
  IdentifyLicense,
  Policy,
  Review,
  SnapshotNeed,
} from './derived-license.ts'
import type { LedgerFacts, SubscriptionRecord } from './ledger-facts.ts'
import { testClockOf } from './own-time.ts'
import { later, type PaidPeriods, paidPeriodsOf } from './paid-periods.ts'
import { upcomingOf } from './upcoming.ts'

export interface DeriveContext {
  readonly scope: Scope
  readonly facts: LedgerFacts
  readonly history: CatalogHistory
  readonly policy: Policy
  readonly identify: IdentifyLicense
}

/** The licenses of one subscription: one per item whose price the catalog knows. */
export const deriveSubscription = (context: DeriveContext, record: SubscriptionRecord): Billed => {
  const { scope, facts } = context
  const now = current(record.register)
  const subscription = now.state
  const licenses: BilledLicense[] = []
  const reviews: Review[] = []
  const needs: SnapshotNeed[] = []
  if (now.decidedBy === 'ambiguous' || !subscription.itemsComplete)
    needs.push({ what: 'subscription', subject: subscription.id })
  needs.push(...unreadInvoices(facts, subscription.id))
  const periodsOf = paidPeriodsOf(facts, subscription.id)
  const contactRefs = contactRefsOf(facts, subscription)
  const testClock = testClockOf(scope.livemode, subscription, facts)
  for (const item of [...subscription.items, ...removedItems(record, subscription)]) {
    const sold = soldAs(context, record, item)
    if (sold.unknown !== null && !isRemoved(subscription, item))
      reviews.push({
        id: `${scopedId(scope, item.id)}:unknown_price`,
        reason: 'unknown_price',
        customer: subscription.customer,
        subjects: [subscription.id, item.id],
        price: sold.unknown,
        atRisk: paidAmounts(facts, item.id),
      })
    if (sold.terms === null || sold.pin === null) continue
    const periods = periodsOf(item.id)
    const free = subscription.status === 'canceled' ? freeTerms(context, sold.terms) : null
    licenses.push({
      id: context.identify(`${scopedId(scope, subscription.id)}:${item.id}`),
      origin: { kind: 'subscription_item', subscription: subscription.id, item: item.id },
      customer: subscription.customer,
      contactRefs,
      granted: periods.everPaid || record.statuses.some((status) => GRANTING.has(status)),
      ...(isRemoved(subscription, item)
        ? says('ended', 'item_removed', null)
        : billingOf(context.policy, subscription, item, periods, now.at)),
      trialEndsAt: subscription.status === 'trialing' ? subscription.trialEnd : null,
      cancelAt: subscription.status === 'canceled' ? null : subscription.cancelAt,
      startedAt: subscription.startedAt,
      endedAt:
        subscription.status === 'canceled'
          ? (subscription.endedAt ?? subscription.canceledAt ?? now.at)
          : null,
      upcoming: upcomingOf(context, subscription, item),
      price: sold.price,
      terms: free ?? sold.terms,
      pin: sold.pin,
      quantity: item.quantity ?? 1,
      flags: periods.fraudWarned ? ['early_fraud_warning'] : [],
      ...(testClock === null ? {} : { testClock }),
    })
  }
  const ties = now.decidedBy === 'chain' || now.decidedBy === 'ambiguous' ? [now.decidedBy] : []
  return { licenses, reviews, needs, ties }
}

/** Paid invoices of which only the first page of lines is known: what they pay for may stand on the next. */
const unreadInvoices = (facts: LedgerFacts, subscription: string): readonly SnapshotNeed[] =>
  Object.values(facts.invoices)
    .map((register) => current(register).state)
    .filter((invoice) => invoice.subscription === subscription && invoice.status === 'paid')
    .filter((invoice) => !invoice.linesComplete)
    .map((invoice) => ({ what: 'invoice', subject: invoice.id }))

const isRemoved = (subscription: SubscriptionState, item: SubscriptionItemState): boolean =>
  !subscription.items.some((current) => current.id === item.id)

/** Items that the subscription once had. With only a page of its items in hand, nobody can say that one is gone. */
const removedItems = (
  record: SubscriptionRecord,
  subscription: SubscriptionState,
): readonly SubscriptionItemState[] =>
  subscription.itemsComplete
    ? Object.entries(record.prices)
        .filter(([id]) => !subscription.items.some((item) => item.id === id))
        .map(([id, prices]) => ({
          id,
          price: lastPrice(record, prices),
          quantity: 1,
          periodStart: null,
          periodEnd: null,
        }))
    : []

const lastPrice = (record: SubscriptionRecord, prices: Readonly<Record<string, number>>): PriceRef | null => {
  const [last] = Object.entries(prices).sort(([p, a], [q, b]) => b - a || (p < q ? -1 : 1))
  return last === undefined ? null : refOf(record, last[0])
}

const refOf = (record: SubscriptionRecord, id: string): PriceRef =>
  record.refs[id] ?? { id, lookupKey: null, product: null }

/** By policy a canceled subscription leaves the free tier, with the product's data kept. */
const freeTerms = ({ policy, history }: DeriveContext, sold: Terms): Terms | null => {
  const tier = policy.ended === 'free_tier' ? tierOf(headOf(history).catalog, policy.freeTier) : undefined
  return tier === undefined ? null : onTier(sold, tier)
}

/** Statuses that a subscription only reaches once it was paid, or on trial. */
const GRANTING: ReadonlySet<string> = new Set(['trialing', 'active', 'past_due', 'unpaid', 'paused'])

interface Sold {
  readonly terms: Terms | null
  readonly pin: CatalogPin | null
  readonly price: string
  /** The price that nobody knows, if that is what the item has now. */
  readonly unknown: string | null
}

/** An unknown price holds the last known good terms of the item; a new item with one gets nothing (and a review). */
const soldAs = (context: DeriveContext, record: SubscriptionRecord, item: SubscriptionItemState): Sold => {
  const { history, scope } = context
  const resolve = (ref: PriceRef | null) =>
    resolvePrice(history, ref, scope.livemode, soldAt(record, item.id, ref))
  const meaning = resolve(item.price)
  const price = item.price?.id ?? 'none'
  if (meaning.kind === 'terms') return { ...meaning, price, unknown: null }
  if (meaning.kind === 'ignored') return { terms: null, pin: null, price, unknown: null }
  const earlier = Object.entries(record.prices[item.id] ?? {}).sort(
    ([p, a], [q, b]) => b - a || (p < q ? -1 : 1),
  )
  for (const [id] of earlier) {
    const known = resolve(refOf(record, id))
    if (known.kind === 'terms') return { ...known, price: id, unknown: price }
  }
  return { terms: null, pin: null, price, unknown: price }
}

/** When the item was first seen with the price: a plan change is a new sale. */
const soldAt = (record: SubscriptionRecord, item: string, price: PriceRef | null): number => {
  const seen = price === null ? undefined : record.firstSeen[item]?.[price.id]
  return seen ?? current(record.register).at
}

type Billing = Pick<
  BilledLicense,
  'billing' | 'reason' | 'validThrough' | 'graceEndsAt' | 'maintenanceEndsAt'
>

const says = (billing: BillingStatus, reason: string | null, validThrough: number | null): Billing => ({
  billing,
  reason,
  validThrough,
})

/** Stripe's status and the paid periods -> what the license is (licensing reference 4.2). */
const billingOf = (
  policy: Policy,
  subscription: SubscriptionState,
  item: SubscriptionItemState,
  periods: PaidPeriods,
  seenAt: number,
): Billing => {
  if (periods.disputeLost) return says('revoked', 'dispute_lost', null)
  const byStatus = billingByStatus(policy, subscription, item, periods, seenAt)
  if (!isInUse(byStatus.billing)) return byStatus
  if (periods.disputeOpen && policy.openDispute === 'suspend')
    return says('suspended', 'dispute_open', byStatus.validThrough)
  if (periods.fraudWarned && policy.fraudWarning === 'suspend')
    return says('suspended', 'fraud_warning', byStatus.validThrough)
  return byStatus
}

const isInUse = (billing: BillingStatus): boolean => billing === 'active' || billing === 'grace'

const billingByStatus = (
  policy: Policy,
  subscription: SubscriptionState,
  item: SubscriptionItemState,
  periods: PaidPeriods,
  seenAt: number,
): Billing => {
  switch (subscription.status) {
    case 'incomplete':
      return says('pending', 'incomplete', null)
    case 'incomplete_expired':
      return says('ended', 'never_paid', subscription.endedAt ?? subscription.canceledAt ?? seenAt)
    case 'past_due':
      return inGrace(policy, periods)
    case 'unpaid':
      return says('suspended', 'unpaid', null)
    case 'paused':
      // Endive can pause on the first failed payment: that is dunning, not a pause that anybody asked for.
      return FAILED_PAUSES.has(subscription.pausedType ?? '')
        ? inGrace(policy, periods)
        : says('suspended', 'paused', null)
    case 'canceled':
      return endedBilling(policy, subscription, seenAt)
    case 'unknown':
      return periods.paidThrough === null
        ? says('pending', 'unknown_status', null)
        : says('active', null, periods.paidThrough + policy.slack)
    case 'trialing':
    case 'active':
      return runningBilling(policy, subscription, item, periods)
    default:
      return subscription.status satisfies never
  }
}

const inGrace = (policy: Policy, { paidThrough }: PaidPeriods): Billing => ({
  ...says('grace', 'payment_failed', null),
  ...(paidThrough === null ? {} : { graceEndsAt: paidThrough + policy.grace }),
})

const FAILED_PAUSES: ReadonlySet<string> = new Set(['first_payment_failure', 'final_payment_failure'])

const endedBilling = (policy: Policy, subscription: SubscriptionState, seenAt: number): Billing => {
  const at = subscription.endedAt ?? subscription.canceledAt ?? seenAt
  const reason = subscription.cancelReason === 'payment_failed' ? 'payment_failed' : 'canceled'
  if (policy.ended === 'perpetual') return { ...says('active', null, null), maintenanceEndsAt: at }
  if (policy.ended === 'free_tier') return says('active', null, null)
  if (policy.ended === 'revoke') return says('revoked', reason, null)
  return says('ended', reason, at)
}

const runningBilling = (
  policy: Policy,
  subscription: SubscriptionState,
  item: SubscriptionItemState,
  periods: PaidPeriods,
): Billing => {
  if (subscription.pauseCollection !== null && policy.pausedCollection === 'suspend')
    return says('suspended', 'paused', null)
  const asserted =
    subscription.status === 'trialing' ? later(item.periodEnd, subscription.trialEnd) : item.periodEnd
  const isGivenBack =
    asserted !== null && periods.refundedThrough !== null && periods.refundedThrough >= asserted
  const covered = later(periods.paidThrough, isGivenBack ? null : asserted)
  // What is still paid for ends before the refunded period began: nothing covers the present.
  if (isGivenBack && (covered === null || covered <= (periods.refundedFrom ?? covered)))
    return says('ended', 'refunded', covered)
  const end = covered === null ? null : covered + policy.slack
  const { cancelAt } = subscription
  return says('active', null, cancelAt === null ? end : end === null ? cancelAt : Math.min(end, cancelAt))
}

/** What was paid on invoices that bill the item. */
const paidAmounts = (facts: LedgerFacts, item: string): Readonly<Record<string, number>> => {
  const amounts: Record<string, number> = {}
  for (const register of Object.values(facts.invoices)) {
    const { state } = current(register)
    if (state.status !== 'paid' || !state.lines.some((line) => line.subscriptionItem === item)) continue
    const currency = state.currency ?? 'unknown'
    amounts[currency] = (amounts[currency] ?? 0) + (state.amountPaid ?? 0)
  }
  return amounts
}

/** The customer, and the checkout sessions that led here: a guest's address is known only by the session. */
const contactRefsOf = (facts: LedgerFacts, subscription: SubscriptionState): readonly string[] => {
  const sessions = Object.values(facts.sessions)
    .map((register) => current(register).state)
    .filter((session) => session.subscription === subscription.id)
    .map((session) => session.id)
  return [
    ...(subscription.customer === null ? [] : [subscription.customer]),
    ...sessions,
    subscription.id,
  ].sort()
}
