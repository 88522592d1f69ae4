import type { JsonObject } from '../../json.ts'
import type {
  InvoiceItemRecord,
  InvoiceLineRecord,
  InvoicePaymentRecord,
  InvoiceRecord,
} from '../../objects/invoice.ts'
import { embeddedList } from '../lists.ts'

const lineParent = (line: InvoiceLineRecord): JsonObject => {
  const common = {
    invoice_item: line.invoice_item,
    proration: line.proration,
    proration_details: { credited_items: null },
    subscription: line.subscription,
  }
  return line.subscription_item === null
    ? { invoice_item_details: common, subscription_item_details: null, type: 'invoice_item_details' }
    : {
        invoice_item_details: null,
        subscription_item_details: { ...common, subscription_item: line.subscription_item },
        type: 'subscription_item_details',
      }
}

const unitAmount = (amount: number, quantity: number): string =>
  String(quantity === 0 ? amount : amount / quantity)

/** Lines name the invoice that they are on, so it is given. */
export const renderInvoiceLine = (line: InvoiceLineRecord, invoice: string): JsonObject => ({
  id: line.id,
  object: 'line_item',
  amount: line.amount,
  currency: line.currency,
  description: line.description,
  discount_amounts: [],
  discountable: !line.proration,
  discounts: [],
  invoice,
  livemode: false,
  metadata: line.metadata,
  parent: lineParent(line),
  period: { end: line.period.end, start: line.period.start },
  pretax_credit_amounts: [],
  pricing:
    line.price === null
      ? null
      : {
          price_details: { price: line.price.id, product: line.price.product },
          type: 'price_details',
          unit_amount_decimal: unitAmount(line.amount, line.quantity),
        },
  quantity: line.quantity,
  quantity_decimal: String(line.quantity),
  subtotal: line.amount,
  taxes: [],
})

export const renderInvoice = (invoice: InvoiceRecord): JsonObject => ({
  id: invoice.id,
  object: 'invoice',
  account_country: 'US',
  account_name: 'Keyflow sandbox',
  account_tax_ids: null,
  amount_due: invoice.amount_due,
  amount_overpaid: 0,
  amount_paid: invoice.amount_paid,
  amount_remaining: invoice.amount_due - invoice.amount_paid,
  amount_shipping: 0,
  application: null,
  attempt_count: invoice.attempt_count,
  attempted: invoice.attempted,
  auto_advance: invoice.auto_advance,
  automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
  automatically_finalizes_at: invoice.status === 'draft' ? (invoice.finalizes_at ?? null) : null,
  billing_reason: invoice.billing_reason,
  collection_method: invoice.collection_method,
  created: invoice.created,
  currency: invoice.currency,
  custom_fields: null,
  customer: invoice.customer,
  customer_account: null,
  customer_address: null,
  customer_email: invoice.customer_email,
  customer_name: invoice.customer_name,
  customer_phone: null,
  customer_shipping: null,
  customer_tax_exempt: 'none',
  customer_tax_ids: [],
  default_payment_method: invoice.default_payment_method,
  default_source: null,
  default_tax_rates: [],
  description: invoice.description,
  discounts: [],
  due_date: invoice.due_date,
  effective_at: invoice.finalized_at,
  ending_balance: invoice.ending_balance,
  footer: null,
  from_invoice: null,
  hosted_invoice_url: invoice.hosted_url ?? null,
  invoice_pdf: invoice.hosted_url ? `${invoice.hosted_url}/pdf` : null,
  issuer: { type: 'self' },
  last_finalization_error: null,
  latest_revision: null,
  lines: embeddedList(
    invoice.lines.map((line) => renderInvoiceLine(line, invoice.id)),
    `/v1/invoices/${invoice.id}/lines`,
  ),
  livemode: false,
  metadata: invoice.metadata,
  next_payment_attempt: invoice.next_payment_attempt,
  number: invoice.number,
  on_behalf_of: null,
  parent:
    invoice.subscription === null
      ? null
      : {
          quote_details: null,
          subscription_details: {
            metadata: invoice.subscription_metadata,
            subscription: invoice.subscription,
          },
          type: 'subscription_details',
        },
  payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
  period_end: invoice.period.end,
  period_start: invoice.period.start,
  post_payment_credit_notes_amount: 0,
  pre_payment_credit_notes_amount: 0,
  receipt_number: null,
  rendering: null,
  shipping_cost: null,
  shipping_details: null,
  starting_balance: invoice.starting_balance,
  statement_descriptor: null,
  status: invoice.status,
  status_transitions: {
    finalized_at: invoice.finalized_at,
    marked_uncollectible_at: invoice.marked_uncollectible_at,
    paid_at: invoice.paid_at,
    voided_at: invoice.voided_at,
  },
  subtotal: invoice.subtotal,
  subtotal_excluding_tax: invoice.subtotal,
  test_clock: invoice.test_clock ?? null,
  total: invoice.total,
  total_discount_amounts: [],
  total_excluding_tax: invoice.total,
  total_pretax_credit_amounts: [],
  total_taxes: [],
  webhooks_delivered_at: invoice.created,
})

export const renderInvoiceItem = (item: InvoiceItemRecord): JsonObject => ({
  id: item.id,
  object: 'invoiceitem',
  amount: item.amount,
  currency: item.currency,
  customer: item.customer,
  customer_account: null,
  date: item.created,
  description: item.description,
  discountable: !item.proration,
  discounts: [],
  invoice: item.invoice,
  livemode: false,
  metadata: item.metadata,
  net_amount: item.amount,
  parent:
    item.subscription === null
      ? null
      : {
          subscription_details: {
            subscription: item.subscription,
            ...(item.subscription_item === null ? {} : { subscription_item: item.subscription_item }),
          },
          type: 'subscription_details',
        },
  period: { end: item.period.end, start: item.period.start },
  pricing:
    item.price === null
      ? null
      : {
          price_details: { price: item.price.id, product: item.price.product },
          type: 'price_details',
          unit_amount_decimal: unitAmount(item.amount, item.quantity),
        },
  proration: item.proration,
  quantity: item.quantity,
  tax_rates: [],
  test_clock: item.test_clock ?? null,
})

export const renderInvoicePayment = (payment: InvoicePaymentRecord): JsonObject => ({
  id: payment.id,
  object: 'invoice_payment',
  amount_paid: payment.amount_paid,
  amount_requested: payment.amount_requested,
  created: payment.created,
  currency: payment.currency,
  invoice: payment.invoice,
  is_default: true,
  livemode: false,
  payment: { payment_intent: payment.payment_intent, type: 'payment_intent' },
  status: payment.status,
  status_transitions: { canceled_at: payment.canceled_at, paid_at: payment.paid_at },
})
