import { PLATFORM_ACCOUNT, scopedId } from '../records/scope.ts'
import { customerOf } from './customer.ts'
import { objectOf, scopeOf } from './envelope.ts'
import type { Json } from './json.ts'
import { asId, asObject, fieldOf, idOf } from './json.ts'

const NO_EVENT: Json = {}

/** A thin event carries no object, only its name. */
const relatedOf = (event: Json): Json | null => asObject(event.related_object)

/** What was paid with: of the object itself, or of the payment that an `invoice_payment` wraps. */
const paymentOf = (object: Json): string | null =>
  idOf(object.payment_intent) ??
  idOf(fieldOf(object.payment, 'payment_intent')) ??
  idOf(object.charge) ??
  idOf(fieldOf(object.payment, 'charge'))

const ownerOf = (object: Json): string | null => {
  const id = asId(object.id)
  return object.object === 'customer' ? id : (customerOf(object) ?? paymentOf(object) ?? id)
}

/**
 * The Kafka key of an event: its customer, within its account and mode. Objects without one (disputes, refunds,
 * guests' sessions) go by the payment that they share. Total; correctness never depends on it, only locality.
 */
export const partitionKeyOf = (event: unknown): string => {
  const envelope = asObject(event) ?? NO_EVENT
  const scope = scopeOf(envelope) ?? { account: PLATFORM_ACCOUNT, livemode: envelope.livemode === true }
  const object = objectOf(envelope) ?? relatedOf(envelope) ?? NO_EVENT
  return scopedId(scope, ownerOf(object) ?? asId(envelope.id) ?? 'unknown')
}

/** Id of the object that an event is about; null where it has none (the preview of `invoice.upcoming`). */
export const objectIdOf = (event: unknown): string | null => {
  const envelope = asObject(event) ?? NO_EVENT
  return asId((objectOf(envelope) ?? relatedOf(envelope))?.id)
}
