import type { Fact, Observed, PaymentLinkState } from '../facts/facts.ts'
import { customerOf } from './customer.ts'
import type { Json } from './json.ts'
import { asList, asObject, idOf } from './json.ts'
import { identify, malformed } from './malformed.ts'
import { type FactReader, factOf } from './sighting.ts'

type Parts = Partial<Omit<PaymentLinkState, 'id'>>

/** Joins the parts that are known. null where there is no payment, or nothing for it to be linked with. */
export const paymentLink = (parts: Parts): PaymentLinkState | null => {
  const { invoice = null, paymentIntent = null, charge = null, session = null, customer = null } = parts
  if (paymentIntent === null && charge === null) return null
  const all = [invoice, paymentIntent, charge, session, customer]
  if (all.filter((part) => part !== null).length < 2) return null
  const id = all.map((part) => part ?? '').join('|')
  return { id, invoice, paymentIntent, charge, session, customer }
}

/** Before basil an invoice named its last payment intent and charge; since then `payments` does, where expanded. */
export const invoiceLinks = (object: Json, invoice: string): readonly PaymentLinkState[] => {
  const customer = customerOf(object)
  const payments = asList(object.payments)?.data ?? []
  const paid = payments.map((entry) => asObject(asObject(entry)?.payment))
  const links = [object, ...paid].map((payment) =>
    paymentLink({
      invoice,
      customer,
      paymentIntent: idOf(payment?.payment_intent),
      charge: idOf(payment?.charge),
    }),
  )
  const distinct = new Map(links.filter((link) => link !== null).map((link) => [link.id, link]))
  return [...distinct.values()]
}

const invoicePaymentLink = (object: Json): PaymentLinkState | null => {
  const payment = asObject(object.payment)
  return paymentLink({
    invoice: idOf(object.invoice),
    paymentIntent: idOf(payment?.payment_intent),
    charge: idOf(payment?.charge),
  })
}

const asFacts = (links: readonly (PaymentLinkState | null)[], observed: Observed): readonly Fact[] =>
  links.filter((link) => link !== null).map((link) => factOf('payment_link', observed, link))

/** `invoice_payment.*`: since basil the one event that says which payment settled which invoice. */
export const readInvoicePayment: FactReader = ({ object, observed }) => {
  const id = identify(object, 'invoice_payment')
  return typeof id === 'string' ? asFacts([invoicePaymentLink(object)], observed) : id
}

/** The answer of `GET /v1/invoice_payments`. */
export const readInvoicePayments: FactReader = ({ object, observed }) => {
  const list = asList(object)
  if (list === null) return malformed('invoice_payments: no list')
  const links: (PaymentLinkState | null)[] = []
  for (const entry of list.data) {
    const payment = asObject(entry)
    if (payment === null) return malformed('invoice_payments: an entry is no object')
    const id = identify(payment, 'invoice_payment')
    if (typeof id !== 'string') return id
    links.push(invoicePaymentLink(payment))
  }
  return asFacts(links, observed)
}

/** A payment intent is no fact of its own: it ties its charge, its customer and (before basil) its invoice. */
export const readPaymentIntent: FactReader = ({ object, observed }) => {
  const paymentIntent = identify(object, 'payment_intent')
  if (typeof paymentIntent !== 'string') return paymentIntent
  // Before `latest_charge` (2022) the charges were a list, newest first.
  const charge = idOf(object.latest_charge) ?? idOf(asList(object.charges)?.data[0])
  const link = paymentLink({
    paymentIntent,
    charge,
    invoice: idOf(object.invoice),
    customer: customerOf(object),
  })
  return asFacts([link], observed)
}
