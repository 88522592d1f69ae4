import type { LicenseEvent } from '@keyflow/contracts'
import type { Applied, BatchItem, Transaction } from '@keyflow/runtime'
import { enqueue, enqueueNewest, type NewDelivery } from '../adapters/mongo-deliveries.ts'
import { applyEndpointRecords, listEndpoints } from '../adapters/mongo-endpoints.ts'
import { type Endpoint, isActive, wants } from '../domain/endpoint.ts'
import { licensePayload, type OutgoingEvent } from '../domain/event-payload.ts'
import { RETRY_WINDOW_MS } from '../domain/retry-schedule.ts'
import type { OutboundItem } from './decode-record.ts'

export interface ApplyOptions {
  /** What a mirror is told of an event; null = not its business, or there is none. */
  readonly toMirror: (event: LicenseEvent) => NewDelivery | null
  /** Nothing that happened before it goes out by itself, unix milliseconds: a rebuild is silent. */
  readonly silentBefore: () => number
  readonly onCommitted: (lanes: readonly string[]) => void
}

/** Turns license events into deliveries, one for each endpoint that wants it, and keeps the endpoints. */
export const createApplyRecords =
  (options: ApplyOptions) =>
  async (items: readonly BatchItem<OutboundItem>[], tx: Transaction): Promise<Applied> => {
    await applyEndpointRecords(
      tx,
      items.flatMap(({ item }) => (item.kind === 'endpoint' ? [item.record] : [])),
    )
    const events = items.flatMap(({ item }) => (item.kind === 'license' ? [item.event] : []))
    if (events.length === 0) return { outbox: [] }
    const endpoints = await listEndpoints(tx.store, tx)
    const oldest = Math.max(options.silentBefore(), tx.now.getTime() - RETRY_WINDOW_MS)
    const webhooks = events.flatMap((event) => {
      const told = licensePayload(event)
      return endpoints
        .filter((endpoint) => wants(endpoint, told))
        .map((endpoint) => toDelivery(endpoint, told, event.licenseVersion, oldest))
    })
    await enqueue(tx, webhooks)
    const mirrored = newestOf(events).flatMap((event) => options.toMirror(event) ?? [])
    await enqueueNewest(tx, mirrored)
    const lanes = new Set([...webhooks, ...mirrored].map(({ lane }) => lane))
    return { outbox: [], afterCommit: () => options.onCommitted([...lanes]) }
  }

export const toDelivery = (
  endpoint: Endpoint,
  event: OutgoingEvent,
  version: number,
  oldest: number,
): NewDelivery => ({
  lane: endpoint.id,
  subject: event.id,
  type: event.type,
  body: event.body,
  version,
  note: event.at < oldest ? 'too_old' : isActive(endpoint) ? null : 'endpoint_off',
})

/** Of each license the newest of a batch: two writes to one row in one request would meet. */
const newestOf = (events: readonly LicenseEvent[]): readonly LicenseEvent[] => {
  const newest = new Map<string, LicenseEvent>()
  for (const event of events) {
    const known = newest.get(event.licenseId)
    if (known === undefined || event.licenseVersion > known.licenseVersion) newest.set(event.licenseId, event)
  }
  return [...newest.values()]
}
