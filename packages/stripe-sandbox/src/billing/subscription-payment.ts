import type { World } from '../events/world.ts'
import type { CustomerRecord } from '../objects/customer.ts'
import type { InvoiceRecord } from '../objects/invoice.ts'
import type { PaymentMethodRecord } from '../objects/payment-method.ts'
import type { SubscriptionRecord, SubscriptionStatus } from '../objects/subscription.ts'
import type { InvoiceOutcome } from './pay-invoice.ts'

/** Stripe's order: the subscription's own default first, then the customer's. */
export const paymentMethodOf = (
  world: World,
  customer: CustomerRecord,
  subscription?: SubscriptionRecord,
): PaymentMethodRecord | null =>
  world.get('payment_method', subscription?.default_payment_method ?? customer.default_payment_method) ?? null

const hasOtherDebts = (world: World, subscription: string, paid: InvoiceRecord): boolean =>
  world
    .all('invoice')
    .some(
      (invoice) =>
        invoice.subscription === subscription && invoice.id !== paid.id && invoice.status === 'open',
    )

const statusAfter = (
  world: World,
  subscription: SubscriptionRecord,
  outcome: InvoiceOutcome,
): SubscriptionStatus => {
  const { status } = subscription
  if (outcome.status === 'paid') {
    if (status === 'incomplete') return 'active'
    // An unpaid subscription stays unpaid when an old invoice is settled: only its latest one revives it.
    if (status === 'unpaid') return subscription.latest_invoice === outcome.invoice.id ? 'active' : status
    if (status === 'past_due')
      return hasOtherDebts(world, subscription.id, outcome.invoice) ? status : 'active'
    return status
  }
  return status === 'active' ? 'past_due' : status
}

/** Moves a subscription to the status that a payment, or its failure, leads to. */
export const followPayment = (world: World, outcome: InvoiceOutcome): SubscriptionRecord | undefined => {
  const subscription = world.get('subscription', outcome.invoice.subscription)
  if (subscription === undefined) return undefined
  return world.change('customer.subscription.updated', subscription, {
    status: statusAfter(world, subscription, outcome),
  })
}
