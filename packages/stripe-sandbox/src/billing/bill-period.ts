import type { CardBehavior } from '../catalog/test-cards.ts'
import type { World } from '../events/world.ts'
import type {
  BillingReason,
  InvoiceItemRecord,
  InvoiceLineRecord,
  InvoiceRecord,
} from '../objects/invoice.ts'
import type { SubscriptionRecord } from '../objects/subscription.ts'
import { collectInvoice } from './collect-invoice.ts'
import { itemLine } from './invoice-lines.ts'
import { draftInvoice, finalizeInvoice, markUncollectible, voidInvoice } from './invoices.ts'
import { paymentMethodOf } from './subscription-payment.ts'

/** How a period's invoice is collected. */
export interface Collection {
  /** Overrides what the card would do. */
  readonly behavior?: CardBehavior
  /** As on Stripe: the draft stays one for an hour. Without it, everything happens at once. */
  readonly waits?: boolean
}

export interface PeriodBill extends Collection {
  readonly before: SubscriptionRecord
  /** How the subscription is to look, but for its latest invoice. */
  readonly after: SubscriptionRecord
  readonly lines: readonly InvoiceLineRecord[]
  readonly reason: BillingReason
  /** Unix seconds: the period that the invoice itself is said to cover. */
  readonly period: { readonly start: number; readonly end: number }
}

/** Seconds that a draft waits before it is finalized and collected. */
const DRAFT_TIME = 3600

/** Items that were waiting for the next invoice of this subscription. */
const takePending = (world: World, subscription: SubscriptionRecord): readonly InvoiceItemRecord[] =>
  world.all('invoiceitem').filter((item) => item.invoice === null && item.subscription === subscription.id)

/** A paused collection still bills, and then leaves the money alone in one of three ways. */
const withoutCollection = (world: World, subscription: SubscriptionRecord, draft: InvoiceRecord): boolean => {
  // Stripe keeps the invoices of an unpaid subscription as drafts as well.
  if (subscription.status === 'unpaid') return true
  switch (subscription.pause_collection?.behavior) {
    case 'keep_as_draft':
      return true
    case 'mark_uncollectible':
      markUncollectible(world, finalizeInvoice(world, draft))
      return true
    case 'void':
      voidInvoice(world, finalizeInvoice(world, draft))
      return true
    default:
      return false
  }
}

/** Finalizes the draft of a subscription's period and tries to collect it, as far as its collection is not paused. */
export const closePeriod = (
  world: World,
  subscription: SubscriptionRecord,
  draft: InvoiceRecord,
  behavior?: CardBehavior,
): void => {
  if (withoutCollection(world, subscription, draft)) return
  const open = finalizeInvoice(world, draft)
  if (open.collection_method === 'send_invoice' && open.amount_due > 0) return
  const customer = world.need('customer', open.customer, 'customer')
  collectInvoice(world, open, {
    method: paymentMethodOf(world, customer, subscription),
    automatic: true,
    ...(behavior === undefined ? {} : { behavior }),
  })
}

/** Bills a subscription: the invoice, the changed subscription and the payment, each announced. */
export const billPeriod = (world: World, bill: PeriodBill): SubscriptionRecord => {
  const customer = world.need('customer', bill.after.customer, 'customer')
  const pending = takePending(world, bill.after)
  const draft = draftInvoice(world, {
    auto_advance: bill.after.status !== 'unpaid' && bill.after.pause_collection === null,
    billing_reason: bill.reason,
    currency: bill.after.currency,
    customer,
    lines: [...pending.map(itemLine), ...bill.lines],
    ...(bill.waits === true ? { finalizes_at: world.now + DRAFT_TIME } : {}),
    period: bill.period,
    subscription: bill.after,
  })
  for (const item of pending) world.put<InvoiceItemRecord>({ ...item, invoice: draft.id })
  const billed = world.change('customer.subscription.updated', bill.before, {
    ...bill.after,
    latest_invoice: draft.id,
  })
  if (bill.waits !== true) closePeriod(world, billed, draft, bill.behavior)
  return world.need('subscription', billed.id, 'id')
}
