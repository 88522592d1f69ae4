import type { PlannedItem, SubscriptionScheduleState } from '../facts/facts.ts'
import { customerOf } from './customer.ts'
import type { Json } from './json.ts'
import { asCount, asInstant, asObject, asText, fieldOf, idOf } from './json.ts'
import { identify, isMalformed, type Malformed, malformed } from './malformed.ts'
import { priceOf } from './price.ts'
import { type FactReader, factAbout } from './sighting.ts'

const plannedItems = (phase: Json): readonly PlannedItem[] => {
  // Before prices existed a phase had `plans`.
  const named = Array.isArray(phase.items) ? phase.items : Array.isArray(phase.plans) ? phase.plans : []
  return named.flatMap((entry) => {
    const item = asObject(entry)
    return item === null
      ? []
      : [{ price: priceOf(item.price) ?? priceOf(item.plan), quantity: asCount(item.quantity) }]
  })
}

const scheduleState = (object: Json): SubscriptionScheduleState | Malformed => {
  const id = identify(object, 'subscription_schedule')
  if (typeof id !== 'string') return id
  if (object.phases !== undefined && !Array.isArray(object.phases))
    return malformed('subscription_schedule: phases is no array')
  const phases = (object.phases ?? []).flatMap((entry: unknown) => {
    const phase = asObject(entry)
    const startsAt = asInstant(phase?.start_date)
    return phase === null || startsAt === null ? [] : [{ startsAt, items: plannedItems(phase) }]
  })
  return {
    id,
    customer: customerOf(object),
    // A released schedule names its former subscription apart: whose it was still ties it to the buyer.
    subscription: idOf(object.subscription) ?? idOf(object.released_subscription),
    status: asText(object.status) ?? 'unknown',
    currentPhaseEnd: asInstant(fieldOf(object.current_phase, 'end_date')),
    phases: phases.sort((a, b) => a.startsAt - b.startsAt),
  }
}

export const readSubscriptionSchedule: FactReader = (sighting) => {
  const fact = factAbout('subscription_schedule', scheduleState, sighting)
  return isMalformed(fact) ? fact : [fact]
}
