import {
  current,
  type PlannedItem,
  type SubscriptionItemState,
  type SubscriptionScheduleState,
  type SubscriptionState,
} from '@keyflow/contracts'
import { meaningOf } from './catalog.ts'
import { headOf } from './catalog-history.ts'
import type { DeriveContext } from './derive-subscription.ts'
import type { Upcoming } from './derived-license.ts'

/**
 * What is arranged for an item and has not taken effect: a change that waits for its payment, else the next phase of
 * a subscription schedule. Grants nothing: access follows when Stripe says that the subscription has changed.
 */
export const upcomingOf = (
  context: DeriveContext,
  subscription: SubscriptionState,
  item: SubscriptionItemState,
): Upcoming | null => {
  if (subscription.status === 'canceled' || subscription.status === 'incomplete_expired') return null
  const pending = subscription.pendingUpdate
  const waiting = pending?.items.find((planned) => planned.id === item.id)
  if (pending !== null && waiting !== undefined && isChange(item, waiting))
    return toUpcoming(context, 'awaiting_payment', pending.expiresAt, waiting)
  const phase = nextPhase(context, subscription.id)
  const planned = phase === null ? null : plannedFor(subscription.items, item, phase.items)
  return phase === null || planned === null ? null : toUpcoming(context, 'scheduled', phase.startsAt, planned)
}

type Phase = SubscriptionScheduleState['phases'][number]

const nextPhase = ({ facts }: DeriveContext, subscription: string): Phase | null => {
  const phases = Object.values(facts.schedules)
    .map((register) => current(register).state)
    .filter((schedule) => schedule.subscription === subscription && schedule.status === 'active')
    .flatMap(({ currentPhaseEnd, phases }) =>
      currentPhaseEnd === null ? [] : phases.filter((phase) => phase.startsAt >= currentPhaseEnd),
    )
    .sort((a, b) => a.startsAt - b.startsAt)
  return phases[0] ?? null
}

/** A phase names prices, not items: what both sides have is unchanged, and one of each left over is a change of plan. */
const plannedFor = (
  items: readonly SubscriptionItemState[],
  item: SubscriptionItemState,
  planned: readonly PlannedItem[],
): PlannedItem | null => {
  const same = planned.find((candidate) => candidate.price?.id === item.price?.id)
  if (same !== undefined) return isChange(item, same) ? same : null
  const leaving = items.filter((other) => !planned.some((p) => p.price?.id === other.price?.id))
  const arriving = planned.filter((p) => !items.some((other) => other.price?.id === p.price?.id))
  return leaving.length === 1 && arriving.length === 1 ? (arriving[0] ?? null) : null
}

const isChange = (item: SubscriptionItemState, planned: PlannedItem): boolean =>
  planned.price?.id !== item.price?.id || (planned.quantity ?? 1) !== (item.quantity ?? 1)

const toUpcoming = (
  { history, scope }: DeriveContext,
  kind: Upcoming['kind'],
  at: number | null,
  planned: PlannedItem,
): Upcoming => {
  // Nothing is sold yet: what it will be, nobody knows better than today's catalog.
  const meaning = meaningOf(headOf(history).catalog, planned.price, scope.livemode)
  return {
    kind,
    at,
    price: planned.price?.id ?? 'none',
    tier: meaning.kind === 'sold' ? meaning.entry.tier : null,
    quantity: planned.quantity ?? 1,
  }
}
