import type { JsonObject } from '../json.ts'
import type { EventRecord } from '../objects/event.ts'
import { render } from '../render/render.ts'
import { shapeOf } from '../render/versions.ts'
import { previousAttributes } from './previous-attributes.ts'

/** The event as an endpoint of this API version gets it; the data is that of the moment it happened. */
export const eventBody = (event: EventRecord, version: string, pendingWebhooks: number): JsonObject => {
  const shape = shapeOf(version)
  const object = render(event.snapshot, shape)
  const data: JsonObject =
    event.before === null
      ? { object }
      : { object, previous_attributes: previousAttributes(render(event.before, shape), object) }
  return {
    id: event.id,
    object: 'event',
    api_version: version,
    created: event.created,
    data,
    livemode: false,
    pending_webhooks: pendingWebhooks,
    request: { id: event.request, idempotency_key: event.idempotency_key },
    type: event.type,
  }
}
