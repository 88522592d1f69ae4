import type { RefundState } from '../facts/facts.ts'
import type { Json } from './json.ts'
import { asInteger, asText, idOf } from './json.ts'
import { identify, isMalformed, type Malformed } from './malformed.ts'
import { type FactReader, factAbout } from './sighting.ts'

/** Refunds older than the field were always immediate: Stripe sends no status for them, or null. */
const statusOf = (value: unknown): string =>
  value === undefined || value === null ? 'succeeded' : (asText(value) ?? 'unknown')

export const refundState = (object: Json): RefundState | Malformed => {
  const id = identify(object, 'refund')
  if (typeof id !== 'string') return id
  return {
    id,
    charge: idOf(object.charge),
    paymentIntent: idOf(object.payment_intent),
    amount: asInteger(object.amount),
    currency: asText(object.currency),
    status: statusOf(object.status),
    reason: asText(object.reason),
  }
}

export const readRefund: FactReader = (sighting) => {
  const fact = factAbout('refund', refundState, sighting)
  return isMalformed(fact) ? fact : [fact]
}
