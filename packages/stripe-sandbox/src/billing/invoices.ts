import type { World } from '../events/world.ts'
import { invalidRequest } from '../http/stripe-error.ts'
import { newId } from '../identifiers.ts'
import type { CustomerRecord } from '../objects/customer.ts'
import type {
  BillingReason,
  InvoiceLineRecord,
  InvoicePaymentRecord,
  InvoiceRecord,
  Period,
} from '../objects/invoice.ts'
import type { Metadata } from '../objects/metadata.ts'
import type { PaymentIntentRecord } from '../objects/payment.ts'
import type { SubscriptionRecord } from '../objects/subscription.ts'
import { createIntent } from './payments.ts'

const DAY = 86_400

export interface NewInvoice {
  readonly customer: CustomerRecord
  readonly lines: readonly InvoiceLineRecord[]
  readonly billing_reason: BillingReason
  readonly currency: string
  readonly period: Period
  readonly subscription?: SubscriptionRecord
  readonly auto_advance?: boolean
  readonly finalizes_at?: number
  readonly collection_method?: InvoiceRecord['collection_method']
  readonly days_until_due?: number | null
  readonly default_payment_method?: string | null
  readonly description?: string | null
  readonly metadata?: Metadata
}

/** Totals of the lines, with the customer's credit taken off; a negative total becomes credit. */
const totals = (lines: readonly InvoiceLineRecord[], balance: number) => {
  const total = lines.reduce((sum, line) => sum + line.amount, 0)
  const owed = total + balance
  return { subtotal: total, total, amount_due: Math.max(0, owed), ending_balance: Math.min(0, owed) }
}

/** A draft invoice with its `invoice.created`. */
export const draftInvoice = (world: World, given: NewInvoice): InvoiceRecord => {
  const { customer, subscription } = given
  const { subtotal, total, amount_due } = totals(given.lines, customer.balance)
  const collection_method =
    given.collection_method ?? subscription?.collection_method ?? 'charge_automatically'
  const days = given.days_until_due ?? subscription?.days_until_due ?? null
  const invoice = world.put<InvoiceRecord>({
    object: 'invoice',
    id: newId('in'),
    created: world.now,
    amount_due,
    amount_paid: 0,
    attempt_count: 0,
    attempted: false,
    auto_advance: given.auto_advance ?? true,
    billing_reason: given.billing_reason,
    charge: null,
    collection_method,
    currency: given.currency,
    customer: customer.id,
    customer_email: customer.email,
    customer_name: customer.name,
    default_payment_method: given.default_payment_method ?? null,
    description: given.description ?? null,
    due_date: collection_method === 'send_invoice' && days !== null ? world.now + days * DAY : null,
    ending_balance: null,
    finalized_at: null,
    finalizes_at: given.finalizes_at ?? null,
    hosted_url: null,
    lines: given.lines,
    marked_uncollectible_at: null,
    metadata: given.metadata ?? {},
    next_payment_attempt: null,
    number: null,
    paid_at: null,
    paid_out_of_band: false,
    payment_intent: null,
    period: given.period,
    starting_balance: customer.balance,
    status: 'draft',
    subscription: subscription?.id ?? null,
    subscription_metadata: subscription?.metadata ?? {},
    subtotal,
    test_clock: customer.test_clock ?? null,
    total,
    voided_at: null,
  })
  world.emit('invoice.created', invoice)
  return invoice
}

/** Sets the customer's currency on the first invoice, takes the next number and settles the credit. */
const bookOnCustomer = (world: World, invoice: InvoiceRecord, ending_balance: number): string => {
  const customer = world.need('customer', invoice.customer, 'customer')
  const sequence = customer.next_invoice_sequence
  const numbered = world.put<CustomerRecord>({ ...customer, next_invoice_sequence: sequence + 1 })
  world.change('customer.updated', numbered, {
    currency: customer.currency ?? invoice.currency,
    balance: ending_balance,
  })
  return `${customer.invoice_prefix}-${String(sequence).padStart(4, '0')}`
}

const requestPayment = (world: World, invoice: InvoiceRecord): InvoiceRecord => {
  const intent = createIntent(world, {
    amount: invoice.amount_due,
    currency: invoice.currency,
    customer: invoice.customer,
    description: invoice.subscription === null ? 'Payment for Invoice' : 'Subscription update',
    invoice: invoice.id,
  })
  world.put<InvoicePaymentRecord>({
    object: 'invoice_payment',
    id: newId('inpay'),
    created: world.now,
    amount_paid: null,
    amount_requested: invoice.amount_due,
    canceled_at: null,
    currency: invoice.currency,
    invoice: invoice.id,
    paid_at: null,
    payment_intent: intent.id,
    status: 'open',
  })
  return world.put<InvoiceRecord>({ ...invoice, payment_intent: intent.id })
}

/** draft -> open: numbered, immutable, payable. */
export const finalizeInvoice = (world: World, draft: InvoiceRecord): InvoiceRecord => {
  if (draft.status !== 'draft')
    throw invalidRequest("This invoice is already finalized, you can't re-finalize a non-draft invoice.")
  const customer = world.need('customer', draft.customer, 'customer')
  const { subtotal, total, amount_due, ending_balance } = totals(draft.lines, customer.balance)
  const number = bookOnCustomer(world, draft, ending_balance)
  const open = world.put<InvoiceRecord>({
    ...draft,
    amount_due,
    ending_balance,
    finalized_at: world.now,
    hosted_url: `${world.origin}/i/${draft.id}`,
    number,
    starting_balance: customer.balance,
    status: 'open',
    subtotal,
    total,
  })
  const payable = amount_due > 0 ? requestPayment(world, open) : open
  world.emit('invoice.finalized', payable)
  if (payable.collection_method === 'send_invoice') world.emit('invoice.sent', payable)
  return payable
}

/** Gives up what was to pay an invoice: its open payment and the intent behind it. */
export const cancelPayments = (world: World, invoice: InvoiceRecord): void => {
  for (const payment of world.all('invoice_payment')) {
    if (payment.invoice === invoice.id && payment.status === 'open')
      world.put<InvoicePaymentRecord>({ ...payment, status: 'canceled', canceled_at: world.now })
  }
  const intent = world.get('payment_intent', invoice.payment_intent)
  if (intent === undefined || intent.status === 'succeeded' || intent.status === 'canceled') return
  const canceled = world.put<PaymentIntentRecord>({ ...intent, status: 'canceled', canceled_at: world.now })
  world.emit('payment_intent.canceled', canceled)
}

/** open or uncollectible -> void: owed by nobody. Throws in any other status. */
export const voidInvoice = (world: World, invoice: InvoiceRecord): InvoiceRecord => {
  if (invoice.status !== 'open' && invoice.status !== 'uncollectible')
    throw invalidRequest('You can only pass in open or uncollectible invoices.')
  cancelPayments(world, invoice)
  const voided = world.change('invoice.updated', invoice, {
    auto_advance: false,
    next_payment_attempt: null,
    status: 'void',
    voided_at: world.now,
  })
  world.emit('invoice.voided', voided)
  return voided
}

/** open -> uncollectible: written off, and may still be paid. Throws in any other status. */
export const markUncollectible = (world: World, invoice: InvoiceRecord): InvoiceRecord => {
  if (invoice.status !== 'open') throw invalidRequest('You can only mark an open invoice as uncollectible.')
  const marked = world.change('invoice.updated', invoice, {
    auto_advance: false,
    marked_uncollectible_at: world.now,
    next_payment_attempt: null,
    status: 'uncollectible',
  })
  world.emit('invoice.marked_uncollectible', marked)
  return marked
}
