import type { InvoiceFact, InvoiceFailureState, InvoiceState, InvoiceStatus } from '../facts/facts.ts'
import { customerOf } from './customer.ts'
import { invoiceLines } from './invoice-lines.ts'
import type { Json } from './json.ts'
import { asCount, asInstant, asInteger, asList, asObject, asText, fieldOf, idOf } from './json.ts'
import { identify, isMalformed, type Malformed } from './malformed.ts'
import { invoiceLinks } from './payment-link.ts'
import { type FactReader, factAbout, factOf } from './sighting.ts'

/** Since basil `parent` says what made the invoice; only a subscription's parent names a subscription. */
const subscriptionOf = (object: Json): string | null => {
  const parent = asObject(object.parent)
  const fromSubscription =
    parent !== null && (parent.type ?? 'subscription_details') === 'subscription_details'
  const details = fromSubscription ? parent.subscription_details : null
  return idOf(fieldOf(details, 'subscription')) ?? idOf(object.subscription)
}

/** Before `status` existed (2018) an invoice was a set of flags. */
const statusOfFlags = ({ paid, forgiven, closed, attempted }: Json): InvoiceStatus => {
  if (paid === true) return 'paid'
  if (forgiven === true) return 'uncollectible'
  // `closed` only stopped automatic collection: the debt stayed.
  if (closed === true || attempted === true) return 'open'
  return attempted === false ? 'draft' : 'unknown'
}

const statusOf = (object: Json): InvoiceStatus => {
  switch (object.status) {
    case 'draft':
    case 'open':
    case 'paid':
    case 'uncollectible':
    case 'void':
      return object.status
    case undefined:
    case null:
      return statusOfFlags(object)
    default:
      return 'unknown'
  }
}

/** Since basil an invoice has payments, each with its intent; before that it had one intent. Both only where expanded. */
const declineOf = (object: Json): Pick<InvoiceState, 'declineCode'> => {
  const intents = [
    object.payment_intent,
    ...(asList(object.payments)?.data ?? []).map((entry) =>
      fieldOf(fieldOf(entry, 'payment'), 'payment_intent'),
    ),
  ]
  for (const intent of intents) {
    const error = fieldOf(intent, 'last_payment_error')
    const code = asText(fieldOf(error, 'decline_code')) ?? asText(fieldOf(error, 'code'))
    if (code !== null) return { declineCode: code }
    if (fieldOf(intent, 'status') === 'requires_payment_method' && fieldOf(intent, 'payment_method') === null)
      return { declineCode: 'missing' }
  }
  return {}
}

const invoiceState = (object: Json): InvoiceState | Malformed => {
  const id = identify(object, 'invoice')
  if (typeof id !== 'string') return id
  const subscription = subscriptionOf(object)
  const listed = invoiceLines(object, subscription)
  if (isMalformed(listed)) return listed
  return {
    id,
    customer: customerOf(object),
    subscription,
    status: statusOf(object),
    billingReason: asText(object.billing_reason),
    collectionMethod: asText(object.collection_method) ?? asText(object.billing),
    currency: asText(object.currency),
    amountDue: asInteger(object.amount_due),
    amountPaid: asInteger(object.amount_paid),
    amountRemaining: asInteger(object.amount_remaining),
    attemptCount: asCount(object.attempt_count),
    nextPaymentAttempt: asInstant(object.next_payment_attempt),
    dueDate: asInstant(object.due_date),
    createdAt: asInstant(object.created) ?? asInstant(object.date),
    finalizedAt: asInstant(fieldOf(object.status_transitions, 'finalized_at')),
    paidAt: asInstant(fieldOf(object.status_transitions, 'paid_at')),
    ...declineOf(object),
    hostedInvoiceUrl: asText(object.hosted_invoice_url),
    invoicePdf: asText(object.invoice_pdf),
    number: asText(object.number),
    email: asText(object.customer_email),
    name: asText(object.customer_name),
    lines: listed.lines,
    linesComplete: listed.complete,
    testClock: idOf(object.test_clock),
  }
}

/** The invoice and the payments that it names. */
export const readInvoice: FactReader = (sighting) => {
  const invoice = factAbout('invoice', invoiceState, sighting)
  if (isMalformed(invoice)) return invoice
  const links = invoiceLinks(sighting.object, invoice.state.id)
  return [invoice, ...links.map((link) => factOf('payment_link', sighting.observed, link))]
}

/** On a test clock the first attempt is dated by the invoice, which knows no date of the later ones: the first one counts. */
const failedAt = (kind: InvoiceFailureState['kind'], invoice: InvoiceState, eventAt: number): number => {
  if (invoice.testClock === null) return eventAt
  return (kind === 'overdue' ? invoice.dueDate : null) ?? invoice.finalizedAt ?? invoice.createdAt ?? eventAt
}

/** The same, and that an attempt to collect it went wrong. */
export const failedInvoiceReader =
  (kind: InvoiceFailureState['kind']): FactReader =>
  (sighting) => {
    const facts = readInvoice(sighting)
    if (isMalformed(facts)) return facts
    const { object, observed } = sighting
    const [{ state }] = facts as readonly [InvoiceFact]
    const failure = factOf('invoice_failure', observed, {
      id: `${state.id}:${observed.eventId}`,
      invoice: state.id,
      kind,
      at: failedAt(kind, state, observed.at),
      attemptCount: asCount(object.attempt_count),
    })
    return [...facts, failure]
  }
