import { collectInvoice } from '../billing/collect-invoice.ts'
import { attachPaymentMethod, usePaymentMethod } from '../billing/payment-methods.ts'
import { cardChoice, escapeHtml, htmlPage } from '../http/html.ts'
import type { Call, PageAnswer, PageRoute } from '../http/route.ts'
import { StripeError } from '../http/stripe-error.ts'
import type { InvoiceRecord } from '../objects/invoice.ts'
import type { SubscriptionRecord } from '../objects/subscription.ts'

const money = ({ amount_due, amount_paid, currency }: InvoiceRecord): string =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).format((amount_due - amount_paid) / 100)

const LABEL: Readonly<Record<InvoiceRecord['status'], string>> = {
  draft: 'This invoice is not ready yet.',
  open: 'Amount due',
  paid: 'This invoice is paid.',
  uncollectible: 'Amount due',
  void: 'This invoice was voided. There is nothing to pay.',
}

const isPayable = ({ status }: InvoiceRecord): boolean => status === 'open' || status === 'uncollectible'

const page = (invoice: InvoiceRecord, notice: string | undefined): PageAnswer => {
  const lines = invoice.lines.map(
    ({ description, quantity }) => `<dt>${quantity}</dt><dd>${escapeHtml(description)}</dd>`,
  )
  const form = isPayable(invoice)
    ? `<form method="post">${cardChoice()}<button>Pay ${escapeHtml(money(invoice))}</button></form>`
    : ''
  return {
    status: 200,
    html: htmlPage(
      `Invoice ${invoice.number}`,
      `<h1>Invoice ${escapeHtml(String(invoice.number))}</h1><small>Stripe sandbox: no money moves</small>` +
        (notice === undefined ? '' : `<p class="notice" role="status">${escapeHtml(notice)}</p>`) +
        `<p>${LABEL[invoice.status]}</p>${isPayable(invoice) ? `<p class="amount">${escapeHtml(money(invoice))}</p>` : ''}` +
        `<dl>${lines.join('')}</dl>${form}`,
    ),
  }
}

const missing: PageAnswer = {
  status: 404,
  html: htmlPage('Not found', '<h1>This invoice does not exist.</h1>'),
}

/** Pays with a card of the form; what pays a subscription's invoice also pays its next ones. */
const pay = ({ params, world }: Call, invoice: InvoiceRecord): PageAnswer => {
  const customer = world.need('customer', invoice.customer, 'customer')
  const given = usePaymentMethod(world, params.text('card') ?? 'pm_card_visa', 'card')
  const method = attachPaymentMethod(world, given, customer)
  const outcome = collectInvoice(world, invoice, { method, automatic: false })
  if (outcome.status !== 'paid') return page(outcome.invoice, outcome.error.fields.message)
  const subscription = world.get('subscription', invoice.subscription)
  if (subscription !== undefined && subscription.ended_at === null)
    world.change<SubscriptionRecord>('customer.subscription.updated', subscription, {
      default_payment_method: method.id,
    })
  return { redirect: `/i/${invoice.id}` }
}

const invoiceIn = ({ world, id }: Call): InvoiceRecord | undefined => {
  const invoice = world.get('invoice', id)
  return invoice === undefined || invoice.finalized_at === null ? undefined : invoice
}

/** The page behind `hosted_invoice_url`. */
export const hostedInvoicePages: readonly PageRoute[] = [
  {
    method: 'GET',
    path: '/i/:id',
    subject: (_, id) => id,
    show: (call) => {
      const invoice = invoiceIn(call)
      return invoice === undefined ? missing : page(invoice, undefined)
    },
  },
  {
    method: 'POST',
    path: '/i/:id',
    subject: (_, id) => id,
    show: (call) => {
      const invoice = invoiceIn(call)
      if (invoice === undefined) return missing
      if (!isPayable(invoice)) return page(invoice, undefined)
      try {
        return pay(call, invoice)
      } catch (error) {
        // Refused before anything was charged: most declining cards cannot even be attached.
        if (error instanceof StripeError) return page(invoice, error.fields.message)
        throw error
      }
    },
  },
]
