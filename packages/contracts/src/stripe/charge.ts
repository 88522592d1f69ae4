import type { ChargeState, RefundState } from '../facts/facts.ts'
import { customerOf } from './customer.ts'
import type { Json } from './json.ts'
import { asInteger, asList, asObject, asText, fieldOf, idOf } from './json.ts'
import { identify, isMalformed, type Malformed } from './malformed.ts'
import { paymentLink } from './payment-link.ts'
import { refundState } from './refund.ts'
import { type FactReader, factAbout, factOf } from './sighting.ts'

const chargeState = (object: Json): ChargeState | Malformed => {
  const id = identify(object, 'charge')
  if (typeof id !== 'string') return id
  return {
    id,
    paymentIntent: idOf(object.payment_intent),
    customer: customerOf(object),
    amount: asInteger(object.amount),
    amountRefunded: asInteger(object.amount_refunded),
    refunded: object.refunded === true,
    currency: asText(object.currency),
    email: asText(fieldOf(object.billing_details, 'email')) ?? asText(object.receipt_email),
    name: asText(fieldOf(object.billing_details, 'name')),
  }
}

/** Old charges embed their refunds. The very oldest of those have no id: `amount_refunded` alone tells of them. */
const embeddedRefunds = (object: Json, charge: string): readonly RefundState[] => {
  const paymentIntent = idOf(object.payment_intent)
  return (asList(object.refunds)?.data ?? []).flatMap((entry) => {
    const refund = refundState(asObject(entry) ?? {})
    if (isMalformed(refund)) return []
    return [
      { ...refund, charge: refund.charge ?? charge, paymentIntent: refund.paymentIntent ?? paymentIntent },
    ]
  })
}

/** The charge, what it paid, and the refunds that it embeds. */
export const readCharge: FactReader = (sighting) => {
  const { object, observed } = sighting
  const fact = factAbout('charge', chargeState, sighting)
  if (isMalformed(fact)) return fact
  const charge = fact.state.id
  const link = paymentLink({
    charge,
    paymentIntent: idOf(object.payment_intent),
    invoice: idOf(object.invoice),
    customer: customerOf(object),
  })
  return [
    fact,
    ...(link === null ? [] : [factOf('payment_link', observed, link)]),
    ...embeddedRefunds(object, charge).map((refund) => factOf('refund', observed, refund)),
  ]
}
