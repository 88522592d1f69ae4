import type { Scope } from '../records/scope.ts'

/**
 * Facts: what a Stripe payload of any API version says, narrowed to what Keyflow reasons about.
 * Instants are unix seconds (Stripe's own unit), money is integer minor units.
 */
export interface Observed {
  readonly scope: Scope
  /** Unix seconds: `event.created`, or Stripe's clock when a snapshot was answered. */
  readonly at: number
  /** Order inside one second: created < updated < deleted < snapshot. */
  readonly rank: number
  /** `evt_…`, or the id of the snapshot. */
  readonly eventId: string
}

export const RANK = { created: 0, updated: 1, deleted: 2, snapshot: 3 } as const

export type SubscriptionStatus =
  | 'incomplete'
  | 'incomplete_expired'
  | 'trialing'
  | 'active'
  | 'past_due'
  | 'unpaid'
  | 'paused'
  | 'canceled'
  /** A status that this version does not know; never grants and never revokes by itself. */
  | 'unknown'

export interface PriceRef {
  readonly id: string
  readonly lookupKey: string | null
  readonly product: string | null
}

export interface SubscriptionItemState {
  readonly id: string
  readonly price: PriceRef | null
  /** null for metered prices. */
  readonly quantity: number | null
  readonly periodStart: number | null
  readonly periodEnd: number | null
}

export interface SubscriptionState {
  readonly id: string
  readonly customer: string | null
  readonly status: SubscriptionStatus
  /** Sorted by item id: Stripe's order carries no meaning. */
  readonly items: readonly SubscriptionItemState[]
  /** false when the payload embeds only the first page of items. */
  readonly itemsComplete: boolean
  /** When it will end, from `cancel_at` or `cancel_at_period_end`: one timestamp for both. */
  readonly cancelAt: number | null
  readonly canceledAt: number | null
  readonly endedAt: number | null
  /** `cancellation_requested`, `payment_failed`, `payment_disputed`, … */
  readonly cancelReason: string | null
  readonly pauseCollection: { readonly behavior: string; readonly resumesAt: number | null } | null
  /** `status_details.paused.subscription.type` (endive), e.g. `first_payment_failure`. */
  readonly pausedType: string | null
  readonly trialEnd: number | null
  readonly startedAt: number | null
  readonly collectionMethod: string | null
  readonly latestInvoice: string | null
  /** A change that takes effect once its invoice is paid (`payment_behavior=pending_if_incomplete`). */
  readonly pendingUpdate: PendingUpdate | null
  readonly testClock: string | null
}

export interface PendingUpdate {
  /** When Stripe drops the change if it is still unpaid. */
  readonly expiresAt: number | null
  readonly items: readonly (PlannedItem & { readonly id: string })[]
}

/** What an item will be, according to a plan that has not taken effect. */
export interface PlannedItem {
  readonly price: PriceRef | null
  readonly quantity: number | null
}

/** What a subscription is going to be, phase by phase. */
export interface SubscriptionScheduleState {
  readonly id: string
  readonly customer: string | null
  /** null until the schedule has started its subscription. */
  readonly subscription: string | null
  /** `not_started`, `active`, `completed`, `released`, `canceled`: only the first two still plan anything. */
  readonly status: string
  /** When the phase in effect ends; null before the first one. */
  readonly currentPhaseEnd: number | null
  /** In order of time. */
  readonly phases: readonly {
    readonly startsAt: number
    readonly items: readonly PlannedItem[]
  }[]
}

export interface CustomerState {
  readonly id: string
  readonly email: string | null
  readonly name: string | null
  readonly locales: readonly string[]
  readonly country: string | null
  /** From metadata `keyflow_time_zone` (IANA) and `keyflow_tags` (comma-separated); absent where the seller set none. */
  readonly timeZone?: string
  readonly tags?: readonly string[]
  readonly deleted: boolean
  readonly testClock: string | null
}

export interface CheckoutSessionState {
  readonly id: string
  readonly mode: 'payment' | 'subscription' | 'setup' | 'unknown'
  /** `open`, `complete`, `expired`; null in very old payloads. */
  readonly status: string | null
  readonly paymentStatus: 'paid' | 'unpaid' | 'no_payment_required' | 'unknown'
  /** A delayed payment method settled or failed (`async_payment_*` events). */
  readonly asyncOutcome: 'succeeded' | 'failed' | null
  readonly customer: string | null
  readonly email: string | null
  readonly name: string | null
  readonly locale: string | null
  readonly country: string | null
  readonly clientReferenceId: string | null
  readonly subscription: string | null
  readonly invoice: string | null
  readonly paymentIntent: string | null
  readonly currency: string | null
  readonly amountTotal: number | null
  readonly createdAt: number | null
}

export interface CheckoutLineItem {
  readonly id: string
  readonly price: PriceRef | null
  readonly quantity: number | null
}

export interface CheckoutLineItemsState {
  readonly id: string
  readonly items: readonly CheckoutLineItem[]
  readonly itemsComplete: boolean
}

export interface InvoiceLine {
  readonly id: string
  readonly price: PriceRef | null
  readonly subscription: string | null
  readonly subscriptionItem: string | null
  readonly periodStart: number | null
  readonly periodEnd: number | null
  readonly proration: boolean
  readonly amount: number | null
  readonly quantity: number | null
}

export type InvoiceStatus = 'draft' | 'open' | 'paid' | 'uncollectible' | 'void' | 'unknown'

export interface InvoiceState {
  readonly id: string
  readonly customer: string | null
  /** null for manual invoices (also those of `stripe trigger invoice.*`): no license depends on them. */
  readonly subscription: string | null
  readonly status: InvoiceStatus
  readonly billingReason: string | null
  readonly collectionMethod: string | null
  readonly currency: string | null
  readonly amountDue: number | null
  readonly amountPaid: number | null
  readonly amountRemaining: number | null
  readonly attemptCount: number | null
  readonly nextPaymentAttempt: number | null
  readonly dueDate: number | null
  readonly createdAt: number | null
  /** When it became payable; the first automatic attempt follows at once. */
  readonly finalizedAt: number | null
  readonly paidAt: number | null
  /** Why its last payment was refused; only in answers that were asked for with their payments expanded. */
  readonly declineCode?: string
  readonly hostedInvoiceUrl: string | null
  readonly invoicePdf: string | null
  readonly number: string | null
  readonly email: string | null
  readonly name: string | null
  readonly lines: readonly InvoiceLine[]
  /** false when the payload embeds only the first page of lines. */
  readonly linesComplete: boolean
  readonly testClock: string | null
}

/** That a payment attempt of this invoice failed or needs the customer. */
export interface InvoiceFailureState {
  /** `<invoice>:<event id>`: failures are a set. */
  readonly id: string
  readonly invoice: string
  readonly kind: 'payment_failed' | 'action_required' | 'finalization_failed' | 'overdue'
  /**
   * When, unix seconds on the customer's own clock. Stripe stamps events with the time of the wall, also on a test clock,
   * whose days may lie years away: there the invoice's own dates tell.
   */
  readonly at: number
  readonly attemptCount: number | null
}

/** One observed connection between what bills, what pays and what was charged. Any subset may be known. */
export interface PaymentLinkState {
  /** The known parts joined: a link seen twice is one link. */
  readonly id: string
  readonly invoice: string | null
  readonly paymentIntent: string | null
  readonly charge: string | null
  readonly session: string | null
  readonly customer: string | null
}

export interface ChargeState {
  readonly id: string
  readonly paymentIntent: string | null
  readonly customer: string | null
  readonly amount: number | null
  /** Cumulative. */
  readonly amountRefunded: number | null
  /** true only when wholly refunded. */
  readonly refunded: boolean
  readonly currency: string | null
  readonly email: string | null
  readonly name: string | null
}

export interface RefundState {
  readonly id: string
  readonly charge: string | null
  readonly paymentIntent: string | null
  readonly amount: number | null
  readonly currency: string | null
  /** `pending`, `requires_action`, `succeeded`, `failed`, `canceled`. */
  readonly status: string
  readonly reason: string | null
}

export interface DisputeState {
  readonly id: string
  readonly charge: string | null
  readonly paymentIntent: string | null
  readonly amount: number | null
  readonly currency: string | null
  /** `warning_*` are inquiries: no funds moved. */
  readonly status: string
  readonly reason: string | null
}

/** A card network's early warning that a payment may be disputed. */
export interface FraudWarningState {
  readonly id: string
  readonly charge: string | null
  readonly paymentIntent: string | null
  /** false once the payment was refunded or disputed. */
  readonly actionable: boolean
  readonly fraudType: string | null
}

/** How far one of Stripe's test clocks has come. It moves forward only. */
export interface TestClockState {
  readonly id: string
  /** Unix seconds on that clock. */
  readonly frozenTime: number
  readonly status: 'ready' | 'advancing' | 'internal_failure' | 'deleted' | 'unknown'
}

interface FactOf<K extends string, S> {
  readonly kind: K
  readonly observed: Observed
  readonly state: S
  /** The same narrowing of the object as `previous_attributes` says it was; absent when Stripe did not say. */
  readonly before?: S
}

export type SubscriptionFact = FactOf<'subscription', SubscriptionState>
export type SubscriptionScheduleFact = FactOf<'subscription_schedule', SubscriptionScheduleState>
export type CustomerFact = FactOf<'customer', CustomerState>
export type CheckoutSessionFact = FactOf<'checkout_session', CheckoutSessionState>
export type CheckoutLineItemsFact = FactOf<'checkout_line_items', CheckoutLineItemsState>
export type InvoiceFact = FactOf<'invoice', InvoiceState>
export type InvoiceFailureFact = FactOf<'invoice_failure', InvoiceFailureState>
export type PaymentLinkFact = FactOf<'payment_link', PaymentLinkState>
export type ChargeFact = FactOf<'charge', ChargeState>
export type RefundFact = FactOf<'refund', RefundState>
export type DisputeFact = FactOf<'dispute', DisputeState>
export type TestClockFact = FactOf<'test_clock', TestClockState>
export type FraudWarningFact = FactOf<'fraud_warning', FraudWarningState>

export type Fact =
  | SubscriptionFact
  | SubscriptionScheduleFact
  | CustomerFact
  | CheckoutSessionFact
  | CheckoutLineItemsFact
  | InvoiceFact
  | InvoiceFailureFact
  | PaymentLinkFact
  | ChargeFact
  | RefundFact
  | DisputeFact
  | FraudWarningFact
  | TestClockFact

export type FactKind = Fact['kind']
export type StateOf<K extends FactKind> = Extract<Fact, { kind: K }>['state']
