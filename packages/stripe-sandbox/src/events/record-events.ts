import type { EventRecord } from '../objects/event.ts'
import type { DeliveryRecord } from '../objects/webhook-endpoint.ts'
import type { Store } from '../store/store.ts'
import { deliveryId } from '../webhooks/delivery-id.ts'

/** Events kept before the oldest are forgotten: Stripe forgets after thirty days. */
const RETAINED_EVENTS = 20_000

const forgetOldest = (store: Store): void => {
  const surplus = store.count('event') - RETAINED_EVENTS
  if (surplus <= 0) return
  for (const event of store.all('event').slice(0, surplus)) {
    for (const endpoint of event.endpoints) store.remove('delivery', deliveryId(event.id, endpoint))
    store.remove('event', event.id)
  }
}

/** Keeps events and notes which endpoint each is owed to, in the unit of work that caused them. */
export const recordEvents = (store: Store, events: readonly EventRecord[]): readonly EventRecord[] => {
  const endpoints = store.all('webhook_endpoint').filter(({ status }) => status === 'enabled')
  const kept = events.map((event) => {
    const owed = endpoints.filter(
      ({ enabled_events }) => enabled_events.includes('*') || enabled_events.includes(event.type),
    )
    for (const { id } of owed)
      store.put<DeliveryRecord>({
        object: 'delivery',
        id: deliveryId(event.id, id),
        attempts: 0,
        endpoint: id,
        event: event.id,
        last_status: null,
        state: 'pending',
      })
    return store.put<EventRecord>({ ...event, endpoints: owed.map(({ id }) => id) })
  })
  if (kept.length > 0) forgetOldest(store)
  return kept
}
