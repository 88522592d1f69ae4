import type { FraudWarningState } from '../facts/facts.ts'
import type { Json } from './json.ts'
import { asText, idOf } from './json.ts'
import { identify, isMalformed, type Malformed } from './malformed.ts'
import { type FactReader, factAbout } from './sighting.ts'

const fraudWarningState = (object: Json): FraudWarningState | Malformed => {
  const id = identify(object, 'radar.early_fraud_warning')
  if (typeof id !== 'string') return id
  return {
    id,
    charge: idOf(object.charge),
    paymentIntent: idOf(object.payment_intent),
    actionable: object.actionable === true,
    fraudType: asText(object.fraud_type),
  }
}

/** Radar's early fraud warnings: a card network expects a dispute. They name a charge, never a customer. */
export const readFraudWarning: FactReader = (sighting) => {
  const fact = factAbout('fraud_warning', fraudWarningState, sighting)
  return isMalformed(fact) ? fact : [fact]
}
