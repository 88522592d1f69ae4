import type { CardBehavior } from '../catalog/test-cards.ts'
import type { World } from '../events/world.ts'
import { StripeError } from '../http/stripe-error.ts'
import { newId } from '../identifiers.ts'
import type { PriceRecord, Recurring } from '../objects/catalog.ts'
import type { CustomerRecord } from '../objects/customer.ts'
import type { InvoiceLineRecord, InvoiceRecord } from '../objects/invoice.ts'
import type { Metadata } from '../objects/metadata.ts'
import type {
  MissingPaymentMethod,
  SubscriptionItemRecord,
  SubscriptionRecord,
} from '../objects/subscription.ts'
import { subscriptionLine, trialLine } from './invoice-lines.ts'
import { draftInvoice, finalizeInvoice } from './invoices.ts'
import { type InvoiceOutcome, payInvoice } from './pay-invoice.ts'
import { periodEnd } from './periods.ts'
import { paymentMethodOf } from './subscription-payment.ts'

export interface NewSubscriptionItem {
  readonly price: PriceRecord & { readonly recurring: Recurring }
  readonly quantity: number
  readonly metadata: Metadata
}

export interface NewSubscription {
  readonly customer: CustomerRecord
  readonly items: readonly NewSubscriptionItem[]
  /** One-time purchases that ride on the first invoice. */
  readonly extraLines?: readonly InvoiceLineRecord[]
  /** Overrides what the card would do. */
  readonly behavior?: CardBehavior
  readonly cancel_at?: number | null
  readonly cancel_at_period_end?: boolean
  readonly collection_method?: SubscriptionRecord['collection_method']
  readonly days_until_due?: number | null
  readonly default_payment_method?: string | null
  readonly description?: string | null
  readonly metadata?: Metadata
  readonly missing_payment_method?: MissingPaymentMethod
  readonly payment_behavior?: 'allow_incomplete' | 'default_incomplete' | 'error_if_incomplete'
  /** Unix seconds; null for no trial. */
  readonly trial_end?: number | null
}

export interface StartedSubscription {
  readonly subscription: SubscriptionRecord
  readonly invoice: InvoiceRecord
}

const TRIAL_NOTICE = 3 * 86_400

/** An item whose period runs from `now` to `end`, both Unix seconds. */
export const newSubscriptionItem = (
  subscription: string,
  { price, quantity, metadata }: NewSubscriptionItem,
  now: number,
  end: number,
): SubscriptionItemRecord => ({
  object: 'subscription_item',
  id: newId('si'),
  created: now,
  current_period_end: end,
  current_period_start: now,
  metadata,
  price,
  quantity,
  subscription,
})

const buildSubscription = (world: World, given: NewSubscription): SubscriptionRecord => {
  const id = newId('sub')
  const { now } = world
  const trialEnd = given.trial_end ?? null
  const items = given.items.map((item) =>
    newSubscriptionItem(id, item, now, trialEnd ?? periodEnd(now, now, item.price.recurring)),
  )
  const firstEnd = Math.min(...items.map((item) => item.current_period_end))
  const atPeriodEnd = given.cancel_at_period_end ?? false
  return {
    object: 'subscription',
    id,
    created: now,
    billing_cycle_anchor: trialEnd ?? now,
    cancel_at: given.cancel_at ?? (atPeriodEnd ? firstEnd : null),
    cancel_at_period_end: atPeriodEnd,
    canceled_at: atPeriodEnd || (given.cancel_at ?? null) !== null ? now : null,
    cancellation_details: { comment: null, feedback: null, reason: null },
    collection_method: given.collection_method ?? 'charge_automatically',
    currency: items[0]?.price.currency ?? 'usd',
    customer: given.customer.id,
    days_until_due: given.days_until_due ?? null,
    default_payment_method: given.default_payment_method ?? null,
    description: given.description ?? null,
    ended_at: null,
    items,
    latest_invoice: null,
    metadata: given.metadata ?? {},
    missing_payment_method: given.missing_payment_method ?? 'create_invoice',
    pause_collection: null,
    paused: null,
    start_date: now,
    status: trialEnd === null ? 'incomplete' : 'trialing',
    test_clock: given.customer.test_clock ?? null,
    trial_end: trialEnd,
    trial_start: trialEnd === null ? null : now,
  }
}

const firstInvoice = (
  world: World,
  subscription: SubscriptionRecord,
  customer: CustomerRecord,
  extraLines: readonly InvoiceLineRecord[],
): InvoiceRecord => {
  const line = subscription.status === 'trialing' ? trialLine : subscriptionLine
  const lines = subscription.items.map((item) =>
    line(subscription, item, { start: item.current_period_start, end: item.current_period_end }),
  )
  const draft = draftInvoice(world, {
    billing_reason: 'subscription_create',
    currency: subscription.currency,
    customer,
    lines: [...lines, ...extraLines],
    period: { start: world.now, end: world.now },
    subscription,
  })
  return finalizeInvoice(world, draft)
}

const firstPayment = (
  world: World,
  given: NewSubscription,
  subscription: SubscriptionRecord,
  open: InvoiceRecord,
): InvoiceOutcome | null => {
  const waits =
    given.payment_behavior === 'default_incomplete' || subscription.collection_method === 'send_invoice'
  if (waits && open.amount_due > 0) return null
  const method = paymentMethodOf(world, given.customer, subscription)
  const outcome = payInvoice(world, open, {
    method,
    automatic: false,
    ...(given.behavior === undefined ? {} : { behavior: given.behavior }),
  })
  if (outcome.status !== 'paid' && given.payment_behavior === 'error_if_incomplete')
    throw new StripeError({ ...outcome.error.fields, keepsChanges: false })
  return outcome
}

/** Starts a subscription: its first invoice is made, collected if possible, and everything is announced. */
export const startSubscription = (world: World, given: NewSubscription): StartedSubscription => {
  const started = world.put(buildSubscription(world, given))
  const open = firstInvoice(world, started, given.customer, given.extraLines ?? [])
  const outcome = firstPayment(world, given, started, open)
  const runs = outcome?.status === 'paid' || started.collection_method === 'send_invoice'
  const subscription = world.put<SubscriptionRecord>({
    ...started,
    latest_invoice: open.id,
    status: started.status === 'incomplete' && runs ? 'active' : started.status,
  })
  world.emit('customer.subscription.created', subscription)
  if (subscription.trial_end !== null && subscription.trial_end - world.now <= TRIAL_NOTICE)
    world.emit('customer.subscription.trial_will_end', subscription)
  return { subscription, invoice: outcome?.invoice ?? open }
}
