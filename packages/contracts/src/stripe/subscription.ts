import type { SubscriptionState, SubscriptionStatus } from '../facts/facts.ts'
import { customerOf } from './customer.ts'
import type { Json } from './json.ts'
import { asInstant, asText, fieldOf, idOf } from './json.ts'
import { identify, isMalformed, type Malformed } from './malformed.ts'
import { type FactReader, factAbout } from './sighting.ts'
import { earliestPeriodEnd, pendingUpdateOf, subscriptionItems } from './subscription-items.ts'

const STATUSES: ReadonlySet<unknown> = new Set<SubscriptionStatus>([
  'incomplete',
  'incomplete_expired',
  'trialing',
  'active',
  'past_due',
  'unpaid',
  'paused',
  'canceled',
])

const statusOf = (value: unknown): SubscriptionStatus =>
  STATUSES.has(value) ? (value as SubscriptionStatus) : 'unknown'

const pauseCollectionOf = (value: unknown): SubscriptionState['pauseCollection'] => {
  const behavior = asText(fieldOf(value, 'behavior'))
  return behavior === null ? null : { behavior, resumesAt: asInstant(fieldOf(value, 'resumes_at')) }
}

const pausedTypeOf = (statusDetails: unknown): string | null =>
  asText(fieldOf(fieldOf(fieldOf(statusDetails, 'paused'), 'subscription'), 'type'))

export const subscriptionState = (object: Json): SubscriptionState | Malformed => {
  const id = identify(object, 'subscription')
  if (typeof id !== 'string') return id
  const listed = subscriptionItems(object, id)
  if (isMalformed(listed)) return listed
  // Where intervals are mixed, Stripe resolves `cancel_at_period_end` to the earliest item period end.
  const endsWithPeriod = object.cancel_at_period_end === true ? earliestPeriodEnd(listed.items) : null
  return {
    id,
    customer: customerOf(object),
    status: statusOf(object.status),
    items: listed.items,
    itemsComplete: listed.complete,
    cancelAt: asInstant(object.cancel_at) ?? endsWithPeriod,
    canceledAt: asInstant(object.canceled_at),
    endedAt: asInstant(object.ended_at),
    cancelReason: asText(fieldOf(object.cancellation_details, 'reason')),
    pauseCollection: pauseCollectionOf(object.pause_collection),
    pausedType: pausedTypeOf(object.status_details),
    trialEnd: asInstant(object.trial_end),
    // `start`, the oldest name, moved with every change of plan: the last resort.
    startedAt: asInstant(object.start_date) ?? asInstant(object.created) ?? asInstant(object.start),
    collectionMethod: asText(object.collection_method) ?? asText(object.billing),
    latestInvoice: idOf(object.latest_invoice),
    pendingUpdate: pendingUpdateOf(object.pending_update),
    testClock: idOf(object.test_clock),
  }
}

export const readSubscription: FactReader = (sighting) => {
  const fact = factAbout('subscription', subscriptionState, sighting)
  return isMalformed(fact) ? fact : [fact]
}
