import type { CheckoutSessionState } from '../facts/facts.ts'
import { checkoutLineItems } from './checkout-line-items.ts'
import { customerOf } from './customer.ts'
import type { Json } from './json.ts'
import { asInstant, asInteger, asText, fieldOf, idOf } from './json.ts'
import { identify, isMalformed, type Malformed } from './malformed.ts'
import { paymentLink } from './payment-link.ts'
import { type FactReader, factAbout, factOf } from './sighting.ts'

type AsyncOutcome = CheckoutSessionState['asyncOutcome']

/** The oldest sessions have no `mode`; what they made tells it. */
const modeOf = (object: Json): CheckoutSessionState['mode'] => {
  const { mode } = object
  if (mode === 'payment' || mode === 'subscription' || mode === 'setup') return mode
  if (mode !== undefined) return 'unknown'
  if (idOf(object.subscription) !== null) return 'subscription'
  if (idOf(object.payment_intent) !== null) return 'payment'
  return idOf(object.setup_intent) === null ? 'unknown' : 'setup'
}

const paymentStatusOf = (value: unknown): CheckoutSessionState['paymentStatus'] =>
  value === 'paid' || value === 'unpaid' || value === 'no_payment_required' ? value : 'unknown'

/** `auto` asks the browser: nothing that a mail could be written in. */
const localeOf = (value: unknown): string | null => (value === 'auto' ? null : asText(value))

const sessionState =
  (asyncOutcome: AsyncOutcome) =>
  (object: Json): CheckoutSessionState | Malformed => {
    const id = identify(object, 'checkout.session')
    if (typeof id !== 'string') return id
    const details = object.customer_details
    return {
      id,
      mode: modeOf(object),
      status: asText(object.status),
      paymentStatus: paymentStatusOf(object.payment_status),
      asyncOutcome,
      customer: customerOf(object),
      // What the buyer typed at the end stands before what the merchant filled in at the start.
      email: asText(fieldOf(details, 'email')) ?? asText(object.customer_email),
      name: asText(fieldOf(details, 'name')),
      locale: localeOf(object.locale),
      country: asText(fieldOf(fieldOf(details, 'address'), 'country')),
      clientReferenceId: asText(object.client_reference_id),
      subscription: idOf(object.subscription),
      invoice: idOf(object.invoice),
      paymentIntent: idOf(object.payment_intent),
      currency: asText(object.currency),
      amountTotal: asInteger(object.amount_total),
      createdAt: asInstant(object.created),
    }
  }

/** The session, the payment that it made, and its line items where they are expanded (never in an event). */
export const checkoutSessionReader = (asyncOutcome: AsyncOutcome): FactReader => {
  const narrow = sessionState(asyncOutcome)
  return (sighting) => {
    const { object, observed } = sighting
    const session = factAbout('checkout_session', narrow, sighting)
    if (isMalformed(session)) return session
    const facts = [session]
    const parts = {
      session: session.state.id,
      paymentIntent: idOf(object.payment_intent),
      invoice: idOf(object.invoice),
      customer: customerOf(object),
    }
    const link = paymentLink(parts)
    if (link !== null) facts.push(factOf('payment_link', observed, link))
    if ((object.line_items ?? null) === null) return facts
    const lineItems = checkoutLineItems(object.line_items, session.state.id)
    if (isMalformed(lineItems)) return lineItems
    return [...facts, factOf('checkout_line_items', observed, lineItems)]
  }
}
