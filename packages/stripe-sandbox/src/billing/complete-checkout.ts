import type { CardBehavior } from '../catalog/test-cards.ts'
import type { World } from '../events/world.ts'
import { invalidRequest } from '../http/stripe-error.ts'
import type { Address } from '../objects/address.ts'
import type { PriceRecord, Recurring } from '../objects/catalog.ts'
import type { CheckoutSessionRecord } from '../objects/checkout-session.ts'
import type { CustomerRecord } from '../objects/customer.ts'
import type { PaymentMethodRecord } from '../objects/payment-method.ts'
import { createCustomer } from './customers.ts'
import { oneTimeLine } from './invoice-lines.ts'
import { draftInvoice, finalizeInvoice } from './invoices.ts'
import { payInvoice } from './pay-invoice.ts'
import { attachPaymentMethod } from './payment-methods.ts'
import { behaviorOf, confirmIntent, createIntent } from './payments.ts'
import { startSubscription } from './start-subscription.ts'

export interface Buyer {
  readonly email: string | null
  readonly name: string | null
  readonly address: Address | null
  readonly method: PaymentMethodRecord
}

/** The order in which Stripe was seen to send what one checkout causes: not the order of cause and effect. */
const CHECKOUT_ORDER = [
  'customer.created',
  'payment_method.attached',
  'customer.updated',
  'charge.succeeded',
  'payment_intent.succeeded',
  'payment_intent.created',
  'invoice.created',
  'invoice.finalized',
  'invoice.updated',
  'invoice.paid',
  'invoice.payment_succeeded',
  'invoice_payment.paid',
  'customer.subscription.created',
  'customer.subscription.trial_will_end',
  'checkout.session.completed',
  'charge.dispute.created',
  'charge.dispute.funds_withdrawn',
] as const

type Bought = Pick<CheckoutSessionRecord, 'customer' | 'payment_status'> &
  Partial<Pick<CheckoutSessionRecord, 'invoice' | 'payment_intent' | 'subscription'>>

const isRecurring = (price: PriceRecord): price is PriceRecord & { readonly recurring: Recurring } =>
  price.recurring !== null

const customerOf = (world: World, session: CheckoutSessionRecord, buyer: Buyer): CustomerRecord =>
  session.customer === null
    ? createCustomer(world, {
        address: buyer.address,
        email: session.customer_email ?? buyer.email,
        name: buyer.name,
        preferred_locales: session.locale === null ? [] : [session.locale],
      })
    : world.need('customer', session.customer, 'customer')

/** At the hosted page the buyer answers the bank's question at once. */
const atThePage = (method: PaymentMethodRecord): CardBehavior => {
  const behavior = behaviorOf(method)
  return behavior.kind === 'requires_action' ? { kind: 'succeeds' } : behavior
}

const buySubscription = (world: World, session: CheckoutSessionRecord, buyer: Buyer): Bought => {
  const customer = customerOf(world, session, buyer)
  const method = attachPaymentMethod(world, buyer.method, customer)
  const { subscription, invoice } = startSubscription(world, {
    customer,
    items: session.line_items.flatMap(({ price, quantity }) =>
      isRecurring(price) ? [{ price, quantity, metadata: {} }] : [],
    ),
    extraLines: session.line_items.flatMap(({ price, quantity }) =>
      isRecurring(price) ? [] : [oneTimeLine(price, quantity, world.now)],
    ),
    default_payment_method: method.id,
    metadata: session.subscription_metadata,
    behavior: atThePage(method),
    payment_behavior: 'error_if_incomplete',
    trial_end: session.trial_period_days === null ? null : world.now + session.trial_period_days * 86_400,
  })
  return {
    customer: customer.id,
    invoice: invoice.id,
    payment_status: invoice.amount_due === 0 ? 'no_payment_required' : 'paid',
    subscription: subscription.id,
  }
}

const buyWithInvoice = (world: World, session: CheckoutSessionRecord, buyer: Buyer): Bought => {
  const customer = customerOf(world, session, buyer)
  const method = attachPaymentMethod(world, buyer.method, customer)
  const draft = draftInvoice(world, {
    billing_reason: 'manual',
    currency: session.currency,
    customer,
    lines: session.line_items.map(({ price, quantity }) => oneTimeLine(price, quantity, world.now)),
    period: { start: world.now, end: world.now },
  })
  const outcome = payInvoice(world, finalizeInvoice(world, draft), {
    method,
    behavior: atThePage(method),
    automatic: false,
  })
  if (outcome.status !== 'paid') throw outcome.error
  const { id, payment_intent } = outcome.invoice
  return { customer: customer.id, invoice: id, payment_intent, payment_status: 'paid' }
}

const buyOnce = (world: World, session: CheckoutSessionRecord, buyer: Buyer): Bought => {
  if (session.invoice_creation) return buyWithInvoice(world, session, buyer)
  const guest = session.customer === null && session.customer_creation !== 'always'
  const customer = guest ? null : customerOf(world, session, buyer).id
  if (session.amount_total === 0) return { customer, payment_status: 'no_payment_required' }
  const intent = createIntent(world, {
    amount: session.amount_total,
    currency: session.currency,
    customer,
    metadata: session.payment_intent_metadata,
    payment_method_types: session.payment_method_types,
  })
  const result = confirmIntent(world, intent, buyer.method, atThePage(buyer.method))
  if (result.status === 'declined') throw result.error
  return {
    customer,
    payment_intent: intent.id,
    payment_status: result.status === 'processing' ? 'unpaid' : 'paid',
  }
}

/** Plays the buyer at the hosted page: pays, starts what was bought and completes the session. */
export const completeCheckout = (
  world: World,
  session: CheckoutSessionRecord,
  buyer: Buyer,
): CheckoutSessionRecord => {
  const status = session.status === 'open' && session.expires_at <= world.now ? 'expired' : session.status
  if (status !== 'open') throw invalidRequest(`This Checkout Session is not open: it is ${status}.`)
  const bought =
    session.mode === 'subscription' ? buySubscription(world, session, buyer) : buyOnce(world, session, buyer)
  const completed = world.put<CheckoutSessionRecord>({
    ...session,
    ...bought,
    customer_details: {
      address: buyer.address,
      email: session.customer_email ?? buyer.email,
      name: buyer.name,
      phone: null,
    },
    status: 'complete',
    url: null,
  })
  world.emit('checkout.session.completed', completed)
  world.arrange(CHECKOUT_ORDER)
  return completed
}
