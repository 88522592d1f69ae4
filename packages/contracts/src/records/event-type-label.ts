import { DUNNING_EVENT_TYPES } from '../events/dunning-events.ts'
import { LICENSE_EVENT_TYPES } from '../events/license-events.ts'
import { HANDLED_EVENT_TYPES } from '../stripe/event-types.ts'
import {
  HEADER,
  KEYFLOW_TYPE_PREFIX,
  type RecordHeaders,
  SNAPSHOT_TYPE_PREFIX,
  STRIPE_TYPE_PREFIX,
} from './headers.ts'

const STRIPE_OTHER = 'stripe.other'
const SNAPSHOT = 'stripe.snapshot'
const OTHER = 'other'

/** Every event type that a metric may name; whatever else Stripe sends is one of the last three. */
export const EVENT_TYPE_LABELS: readonly string[] = [
  ...HANDLED_EVENT_TYPES,
  ...LICENSE_EVENT_TYPES,
  ...DUNNING_EVENT_TYPES,
  STRIPE_OTHER,
  SNAPSHOT,
  OTHER,
]

const KNOWN: ReadonlySet<string> = new Set(EVENT_TYPE_LABELS)

/** The type that a record's headers name, out of a closed set: a label must not grow with what senders make up. */
export const eventTypeLabel = (headers: RecordHeaders): string => {
  const type = headers[HEADER.type] ?? ''
  if (type.startsWith(SNAPSHOT_TYPE_PREFIX)) return SNAPSHOT
  if (type.startsWith(STRIPE_TYPE_PREFIX)) {
    const name = type.slice(STRIPE_TYPE_PREFIX.length)
    return KNOWN.has(name) ? name : STRIPE_OTHER
  }
  const name = type.replace(KEYFLOW_TYPE_PREFIX, '').replace(/\.v\d+$/, '')
  return KNOWN.has(name) ? name : OTHER
}
