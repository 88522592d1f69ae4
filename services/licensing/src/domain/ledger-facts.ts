import type {
  ChargeState,
  CheckoutLineItemsState,
  CheckoutSessionState,
  DisputeState,
  FraudWarningState,
  InvoiceState,
  InvoiceStatus,
  PaymentLinkState,
  PriceRef,
  RefundState,
  Register,
  SubscriptionScheduleState,
  SubscriptionState,
} from '@keyflow/contracts'
import type { DismissalState, OperationState, OverlayState } from './ledger-fact.ts'

/**
 * A ledger: every fact about one buyer that Keyflow has seen, merged. What belongs together is found by the Stripe ids
 * that facts share (customer, subscription, invoice, payment intent, charge, checkout session); a ledger is one connected
 * component of facts, so a refund that names only a charge still meets the license that the charge paid for.
 */
export interface LedgerFacts {
  readonly subscriptions: Readonly<Record<string, SubscriptionRecord>>
  readonly schedules: Readonly<Record<string, Register<SubscriptionScheduleState>>>
  readonly sessions: Readonly<Record<string, Register<SessionFacts>>>
  readonly lineItems: Readonly<Record<string, Register<CheckoutLineItemsState>>>
  readonly invoices: Readonly<Record<string, Register<InvoiceFacts>>>
  readonly links: Readonly<Record<string, PaymentLinkState>>
  readonly charges: Readonly<Record<string, Register<ChargeFacts>>>
  readonly refunds: Readonly<Record<string, Register<RefundState>>>
  readonly disputes: Readonly<Record<string, Register<DisputeState>>>
  readonly fraudWarnings: Readonly<Record<string, Register<FraudWarningState>>>
  /** By case; the highest seq of each. */
  readonly overlays: Readonly<Record<string, OverlayState>>
  /** Every decision of an operator, by id. */
  readonly operations: Readonly<Record<string, OperationState>>
  /** Who closed which review; by review, the first that did. */
  readonly dismissals: Readonly<Record<string, DismissalState>>
}

export const NO_FACTS: LedgerFacts = {
  subscriptions: {},
  schedules: {},
  sessions: {},
  lineItems: {},
  invoices: {},
  links: {},
  charges: {},
  refunds: {},
  disputes: {},
  fraudWarnings: {},
  overlays: {},
  operations: {},
  dismissals: {},
}

/** The newest state, and what only the whole history tells; both grow monotonically. */
export interface SubscriptionRecord {
  readonly register: Register<SubscriptionState>
  /** Every status ever observed, sorted. */
  readonly statuses: readonly string[]
  /** Per item, when each price was last observed: the last known price survives a change to an unknown one. */
  readonly prices: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** Per item, when each price was first observed: when it was sold. */
  readonly firstSeen: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** What was last known of each price besides its id. */
  readonly refs: Readonly<Record<string, SeenPrice>>
}

export interface SeenPrice extends PriceRef {
  readonly at: number
}

/** What licensing keeps of an object: no names, no addresses. */
export type SessionFacts = Omit<CheckoutSessionState, 'email' | 'name' | 'country' | 'locale'>
export type ChargeFacts = Omit<ChargeState, 'email' | 'name'>
export interface InvoiceFacts {
  readonly id: string
  readonly customer: string | null
  readonly subscription: string | null
  readonly status: InvoiceStatus
  readonly currency: string | null
  readonly amountPaid: number | null
  readonly paidAt: number | null
  readonly lines: readonly {
    readonly subscriptionItem: string | null
    readonly price: string | null
    readonly periodStart: number | null
    readonly periodEnd: number | null
  }[]
  readonly linesComplete: boolean
}

export const toSessionFacts = ({
  email: _e,
  name: _n,
  country: _c,
  locale: _l,
  ...kept
}: CheckoutSessionState): SessionFacts => kept

export const toChargeFacts = ({ email: _e, name: _n, ...kept }: ChargeState): ChargeFacts => kept

export const toInvoiceFacts = (invoice: InvoiceState): InvoiceFacts => ({
  id: invoice.id,
  customer: invoice.customer,
  subscription: invoice.subscription,
  status: invoice.status,
  currency: invoice.currency,
  amountPaid: invoice.amountPaid,
  paidAt: invoice.paidAt,
  lines: invoice.lines.map((line) => ({
    subscriptionItem: line.subscriptionItem,
    price: line.price?.id ?? null,
    periodStart: line.periodStart,
    periodEnd: line.periodEnd,
  })),
  linesComplete: invoice.linesComplete,
})
