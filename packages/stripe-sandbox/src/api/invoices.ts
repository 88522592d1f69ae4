import { collectInvoice } from '../billing/collect-invoice.ts'
import { itemLine } from '../billing/invoice-lines.ts'
import { draftInvoice, finalizeInvoice, markUncollectible, voidInvoice } from '../billing/invoices.ts'
import { payOutOfBand } from '../billing/pay-invoice.ts'
import { usePaymentMethod } from '../billing/payment-methods.ts'
import { followPayment, paymentMethodOf } from '../billing/subscription-payment.ts'
import type { World } from '../events/world.ts'
import { createdFilter, listBody, paginate } from '../http/pages.ts'
import type { Call, Route } from '../http/route.ts'
import type { InvoiceItemRecord, InvoiceRecord } from '../objects/invoice.ts'
import type { PaymentMethodRecord } from '../objects/payment-method.ts'
import { renderInvoiceLine } from '../render/newest/invoice.ts'

const invoiceOf = ({ world, id }: Call): InvoiceRecord => world.need('invoice', id, 'id')

/** A read makes the link to the page good again, wherever the sandbox listens by now. */
const withLink = (world: World, invoice: InvoiceRecord): InvoiceRecord => {
  const hosted_url = `${world.origin}/i/${invoice.id}`
  return invoice.finalized_at === null || invoice.hosted_url === hosted_url
    ? invoice
    : world.put<InvoiceRecord>({ ...invoice, hosted_url })
}

const create = (call: Call): InvoiceRecord => {
  const { params, world } = call
  const customer = world.need('customer', params.requiredText('customer'), 'customer')
  const pending =
    params.word('pending_invoice_items_behavior', ['include', 'exclude']) === 'include'
      ? world
          .all('invoiceitem')
          .filter(
            (item) => item.customer === customer.id && item.invoice === null && item.subscription === null,
          )
      : []
  const invoice = draftInvoice(world, {
    auto_advance: params.flag('auto_advance') ?? false,
    billing_reason: 'manual',
    collection_method:
      params.word('collection_method', ['charge_automatically', 'send_invoice']) ?? 'charge_automatically',
    currency: params.text('currency') ?? pending[0]?.currency ?? customer.currency ?? 'usd',
    customer,
    days_until_due: params.integer('days_until_due') ?? null,
    default_payment_method: params.text('default_payment_method') ?? null,
    description: params.text('description') ?? null,
    lines: pending.map(itemLine),
    metadata: params.map('metadata') ?? {},
    period: { start: world.now, end: world.now },
  })
  for (const item of pending) world.put<InvoiceItemRecord>({ ...item, invoice: invoice.id })
  return invoice
}

const methodFor = ({ params, world }: Call, invoice: InvoiceRecord): PaymentMethodRecord | null => {
  const given = params.text('payment_method') ?? invoice.default_payment_method
  if (given !== null) return usePaymentMethod(world, given, 'payment_method')
  const customer = world.need('customer', invoice.customer, 'customer')
  return (
    paymentMethodOf(world, customer, world.get('subscription', invoice.subscription)) ??
    world.all('payment_method').findLast((method) => method.customer === customer.id) ??
    null
  )
}

const pay = (call: Call): InvoiceRecord => {
  const { params, world } = call
  const invoice = invoiceOf(call)
  const open = invoice.status === 'draft' ? finalizeInvoice(world, invoice) : invoice
  if (params.flag('paid_out_of_band') === true) {
    const outcome = payOutOfBand(world, open)
    followPayment(world, outcome)
    return outcome.invoice
  }
  const outcome = collectInvoice(world, open, { method: methodFor(call, open), automatic: false })
  if (outcome.status !== 'paid') throw outcome.error
  return outcome.invoice
}

const listed = ({ params, world }: Call): readonly InvoiceRecord[] => {
  const customer = params.text('customer')
  const subscription = params.text('subscription')
  const status = params.text('status')
  const created = createdFilter(params)
  return world
    .all('invoice')
    .filter(
      (invoice) =>
        (customer ?? invoice.customer) === invoice.customer &&
        (subscription ?? invoice.subscription) === invoice.subscription &&
        (status ?? invoice.status) === invoice.status &&
        created(invoice.created),
    )
}

export const invoiceRoutes: readonly Route[] = [
  { method: 'POST', path: '/v1/invoices', handle: (call) => ({ record: create(call) }) },
  {
    method: 'GET',
    path: '/v1/invoices',
    handle: (call) => ({ page: paginate(listed(call), call.params, '/v1/invoices') }),
  },
  {
    method: 'GET',
    path: '/v1/invoices/:id',
    handle: (call) => ({ record: withLink(call.world, invoiceOf(call)) }),
  },
  {
    method: 'GET',
    path: '/v1/invoices/:id/lines',
    handle: (call) => {
      const page = paginate(invoiceOf(call).lines.toReversed(), call.params, `/v1/invoices/${call.id}/lines`)
      return {
        json: listBody(
          page.data.map((line) => renderInvoiceLine(line, call.id)),
          page,
        ),
      }
    },
  },
  {
    method: 'POST',
    path: '/v1/invoices/:id/finalize',
    handle: (call) => ({ record: finalizeInvoice(call.world, invoiceOf(call)) }),
  },
  { method: 'POST', path: '/v1/invoices/:id/pay', handle: (call) => ({ record: pay(call) }) },
  {
    method: 'POST',
    path: '/v1/invoices/:id/void',
    handle: (call) => ({ record: voidInvoice(call.world, invoiceOf(call)) }),
  },
  {
    method: 'POST',
    path: '/v1/invoices/:id/mark_uncollectible',
    handle: (call) => ({ record: markUncollectible(call.world, invoiceOf(call)) }),
  },
]
