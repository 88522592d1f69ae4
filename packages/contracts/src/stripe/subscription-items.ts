import type { PendingUpdate, SubscriptionItemState } from '../facts/facts.ts'
import type { Json } from './json.ts'
import { asCount, asId, asInstant, asList, asObject } from './json.ts'
import { type Malformed, malformed } from './malformed.ts'
import { priceOf } from './price.ts'

export interface ListedItems {
  readonly items: readonly SubscriptionItemState[]
  readonly complete: boolean
}

const byId = (a: { readonly id: string }, b: { readonly id: string }): number =>
  a.id < b.id ? -1 : a.id > b.id ? 1 : 0

const itemState = (item: Json, id: string, subscription: Json): SubscriptionItemState => ({
  id,
  price: priceOf(item.price) ?? priceOf(item.plan),
  quantity: asCount(item.quantity),
  // The period moved from the subscription to its items in basil.
  periodStart: asInstant(item.current_period_start) ?? asInstant(subscription.current_period_start),
  periodEnd: asInstant(item.current_period_end) ?? asInstant(subscription.current_period_end),
})

/** Before items existed (2016) a subscription was one plan; its one item then goes by the subscription's id. */
const onePlan = (subscription: Json, id: string): ListedItems => {
  const hasPlan = priceOf(subscription.plan) !== null
  return { items: hasPlan ? [itemState(subscription, id, subscription)] : [], complete: hasPlan }
}

/** The items of a subscription, sorted by id. An item that cannot be identified would look like a removed one. */
export const subscriptionItems = (subscription: Json, id: string): ListedItems | Malformed => {
  if (subscription.items === undefined) return onePlan(subscription, id)
  const list = asList(subscription.items)
  if (list === null) return malformed('subscription: items is no list')
  const items: SubscriptionItemState[] = []
  for (const entry of list.data) {
    const item = asObject(entry)
    const itemId = asId(item?.id)
    if (item === null || itemId === null) return malformed('subscription: an item has no id')
    items.push(itemState(item, itemId, subscription))
  }
  return { items: items.sort(byId), complete: list.complete }
}

export const earliestPeriodEnd = (items: readonly SubscriptionItemState[]): number | null => {
  const ends = items.map((item) => item.periodEnd).filter((end) => end !== null)
  return ends.length === 0 ? null : Math.min(...ends)
}

/** Items that a pending update does not name stay as they are; one without an id would change nobody knows what. */
export const pendingUpdateOf = (value: unknown): PendingUpdate | null => {
  const update = asObject(value)
  if (update === null) return null
  const named = Array.isArray(update.subscription_items) ? update.subscription_items : []
  const items = named.flatMap((entry) => {
    const item = asObject(entry)
    const id = asId(item?.id)
    return item === null || id === null
      ? []
      : [{ id, price: priceOf(item.price) ?? priceOf(item.plan), quantity: asCount(item.quantity) }]
  })
  return { expiresAt: asInstant(update.expires_at), items: items.sort(byId) }
}
