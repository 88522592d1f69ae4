import type { JsonObject } from '../../json.ts'
import type { InvoiceItemRecord, InvoiceLineRecord, InvoiceRecord } from '../../objects/invoice.ts'
import { embeddedList } from '../lists.ts'
import { renderPlan, renderPrice } from '../newest/catalog.ts'
import { renderInvoice, renderInvoiceItem, renderInvoiceLine } from '../newest/invoice.ts'
import { without } from './without.ts'

const lineType = (line: InvoiceLineRecord): string =>
  line.subscription_item === null || line.proration ? 'invoiceitem' : 'subscription'

const preBasilLine = (line: InvoiceLineRecord, invoice: string): JsonObject => ({
  ...without(
    renderInvoiceLine(line, invoice),
    'parent',
    'pricing',
    'taxes',
    'pretax_credit_amounts',
    'quantity_decimal',
    'subtotal',
  ),
  ...(line.invoice_item === null ? {} : { invoice_item: line.invoice_item }),
  plan: line.price === null ? null : renderPlan(line.price),
  price: line.price === null ? null : renderPrice(line.price),
  proration: line.proration,
  proration_details: { credited_items: null },
  subscription: line.subscription,
  ...(line.subscription_item === null ? {} : { subscription_item: line.subscription_item }),
  tax_amounts: [],
  tax_rates: [],
  type: lineType(line),
})

/** Invoices named their subscription, payment intent and charge, and said `paid`. */
export const preBasilInvoice = (invoice: InvoiceRecord): JsonObject => ({
  ...without(
    renderInvoice(invoice),
    'parent',
    'customer_account',
    'amount_overpaid',
    'total_taxes',
    'total_pretax_credit_amounts',
  ),
  application_fee_amount: null,
  charge: invoice.charge,
  discount: null,
  lines: embeddedList(
    invoice.lines.map((line) => preBasilLine(line, invoice.id)),
    `/v1/invoices/${invoice.id}/lines`,
  ),
  paid: invoice.status === 'paid',
  paid_out_of_band: invoice.paid_out_of_band,
  payment_intent: invoice.payment_intent,
  quote: null,
  subscription: invoice.subscription,
  ...(invoice.subscription === null
    ? {}
    : { subscription_details: { metadata: invoice.subscription_metadata } }),
  tax: null,
  total_tax_amounts: [],
  transfer_data: null,
})

export const preBasilInvoiceItem = (item: InvoiceItemRecord): JsonObject => ({
  ...without(renderInvoiceItem(item), 'parent', 'pricing', 'net_amount', 'customer_account'),
  plan: item.price === null ? null : renderPlan(item.price),
  price: item.price === null ? null : renderPrice(item.price),
  subscription: item.subscription,
  ...(item.subscription_item === null ? {} : { subscription_item: item.subscription_item }),
  unit_amount: item.price?.unit_amount ?? item.amount,
})
