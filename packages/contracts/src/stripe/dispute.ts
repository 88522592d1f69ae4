import type { DisputeState } from '../facts/facts.ts'
import type { Json } from './json.ts'
import { asInteger, asText, idOf } from './json.ts'
import { identify, isMalformed, type Malformed } from './malformed.ts'
import { type FactReader, factAbout } from './sighting.ts'

const disputeState = (object: Json): DisputeState | Malformed => {
  const charge = idOf(object.charge)
  // The oldest disputes had no id of their own; a charge had at most one.
  const named = object.id === undefined && charge !== null ? { ...object, id: charge } : object
  const id = identify(named, 'dispute')
  if (typeof id !== 'string') return id
  return {
    id,
    charge,
    paymentIntent: idOf(object.payment_intent),
    amount: asInteger(object.amount),
    currency: asText(object.currency),
    status: asText(object.status) ?? 'unknown',
    reason: asText(object.reason),
  }
}

export const readDispute: FactReader = (sighting) => {
  const fact = factAbout('dispute', disputeState, sighting)
  return isMalformed(fact) ? fact : [fact]
}
