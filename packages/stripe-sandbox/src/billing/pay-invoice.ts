import type { CardBehavior } from '../catalog/test-cards.ts'
import type { World } from '../events/world.ts'
import { invalidRequest, StripeError } from '../http/stripe-error.ts'
import type { CustomerRecord } from '../objects/customer.ts'
import type { InvoicePaymentRecord, InvoiceRecord } from '../objects/invoice.ts'
import type { PaymentMethodRecord } from '../objects/payment-method.ts'
import { cancelPayments } from './invoices.ts'
import { confirmIntent, type PaymentResult } from './payments.ts'
import { settingsOf } from './settings.ts'

export interface PaymentTry {
  readonly method: PaymentMethodRecord | null
  /** Overrides what the card would do. */
  readonly behavior?: CardBehavior
  /** Tries that the schedule made count; those of the API count only when they are the first. */
  readonly automatic: boolean
}

type Failure = Extract<PaymentResult, { status: 'declined' | 'requires_action' }>

export type InvoiceOutcome =
  | { readonly status: 'paid'; readonly invoice: InvoiceRecord }
  | {
      readonly status: 'failed' | 'requires_action'
      readonly invoice: InvoiceRecord
      readonly error: StripeError
    }

const DAY = 86_400

/** A bank that says one of these will say it again: Stripe asks it no more. */
const HARD_DECLINES: ReadonlySet<unknown> = new Set([
  'lost_card',
  'stolen_card',
  'incorrect_number',
  'pickup_card',
])

/** Unix seconds of the next automatic try after so many; null when there is none. */
const nextTry = (world: World, invoice: InvoiceRecord, result: Failure, attempts: number): number | null => {
  if (result.status === 'requires_action' || invoice.subscription === null) return null
  if (invoice.billing_reason === 'subscription_create') return null
  if (HARD_DECLINES.has(result.intent.last_payment_error?.decline_code)) return null
  const days = settingsOf(world).retry_after_days[attempts - 1]
  return days === undefined ? null : world.now + days * DAY
}

const settlePayment = (world: World, invoice: InvoiceRecord): void => {
  for (const payment of world.all('invoice_payment')) {
    if (payment.invoice !== invoice.id || payment.status !== 'open') continue
    const paid = world.put<InvoicePaymentRecord>({
      ...payment,
      amount_paid: payment.amount_requested,
      paid_at: world.now,
      status: 'paid',
    })
    world.emit('invoice_payment.paid', paid)
  }
}

const setDelinquent = (world: World, invoice: InvoiceRecord, delinquent: boolean): void => {
  const customer = world.get('customer', invoice.customer)
  if (customer !== undefined) world.change<CustomerRecord>('customer.updated', customer, { delinquent })
}

/** Marks an invoice paid: after a payment, for nothing due, or out of band. */
const settle = (
  world: World,
  invoice: InvoiceRecord,
  how: Pick<InvoiceRecord, 'attempt_count' | 'charge' | 'paid_out_of_band'>,
): InvoiceRecord => {
  const paid = world.change('invoice.updated', invoice, {
    ...how,
    amount_paid: invoice.amount_due,
    attempted: true,
    auto_advance: false,
    next_payment_attempt: null,
    paid_at: world.now,
    status: 'paid',
  })
  setDelinquent(world, paid, false)
  world.emit('invoice.paid', paid)
  if (!how.paid_out_of_band) world.emit('invoice.payment_succeeded', paid)
  settlePayment(world, paid)
  return paid
}

const noMethod = (): StripeError =>
  invalidRequest(
    'This customer has no attached payment source or default payment method. Please consider adding a default payment method.',
    undefined,
    'resource_missing',
  )

const needsAction = (): StripeError =>
  new StripeError({
    status: 402,
    type: 'card_error',
    code: 'invoice_payment_intent_requires_action',
    message: 'This payment requires additional user action before it can be completed successfully.',
    keepsChanges: true,
  })

const recordFailure = (
  world: World,
  invoice: InvoiceRecord,
  result: Failure,
  attempt_count: number,
): InvoiceOutcome => {
  const waits = result.status === 'requires_action'
  const failed = world.change('invoice.updated', invoice, {
    attempt_count,
    attempted: true,
    charge: waits ? invoice.charge : result.intent.latest_charge,
    next_payment_attempt: nextTry(world, invoice, result, attempt_count),
  })
  if (invoice.billing_reason === 'subscription_cycle') setDelinquent(world, failed, true)
  if (waits) world.emit('invoice.payment_action_required', failed)
  world.emit('invoice.payment_failed', failed)
  return {
    status: waits ? 'requires_action' : 'failed',
    invoice: failed,
    error: waits ? needsAction() : result.error,
  }
}

/** Tries to collect an open invoice and emits what came of it. */
export const payInvoice = (world: World, open: InvoiceRecord, attempt: PaymentTry): InvoiceOutcome => {
  if (open.status === 'paid')
    throw invalidRequest('Invoice is already paid', undefined, 'invoice_already_paid')
  if (open.status !== 'open' && open.status !== 'uncollectible')
    throw invalidRequest(`You can only pay an open invoice; this one is ${open.status}.`)
  const intent = world.get('payment_intent', open.payment_intent)
  if (open.amount_due === 0 || intent === undefined) {
    const { attempt_count } = open
    return {
      status: 'paid',
      invoice: settle(world, open, { attempt_count, charge: null, paid_out_of_band: false }),
    }
  }
  const counts = attempt.automatic || open.attempt_count === 0
  const attempt_count = open.attempt_count + (counts ? 1 : 0)
  if (attempt.method === null) {
    if (!attempt.automatic) throw noMethod()
    return recordFailure(world, open, { status: 'declined', intent, error: noMethod() }, attempt_count)
  }
  if (attempt.method.kind.type !== 'card')
    throw invalidRequest('The sandbox collects invoices by card only.', 'payment_method')
  const result = confirmIntent(world, intent, attempt.method, attempt.behavior)
  if (result.status === 'declined' || result.status === 'requires_action')
    return recordFailure(world, open, result, attempt_count)
  return {
    status: 'paid',
    invoice: settle(world, open, {
      // Seen in recorded events: the payment that starts a subscription is not counted.
      attempt_count: open.billing_reason === 'subscription_create' ? open.attempt_count : attempt_count,
      charge: result.charge.id,
      paid_out_of_band: false,
    }),
  }
}

/** Paid by other means: `invoice.paid` without `invoice.payment_succeeded`. */
export const payOutOfBand = (world: World, open: InvoiceRecord): InvoiceOutcome => {
  if (open.status !== 'open' && open.status !== 'uncollectible')
    throw invalidRequest(`You can only pay an open invoice; this one is ${open.status}.`)
  cancelPayments(world, open)
  const { attempt_count } = open
  return {
    status: 'paid',
    invoice: settle(world, open, { attempt_count, charge: null, paid_out_of_band: true }),
  }
}
