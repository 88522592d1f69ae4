import { eventBody } from '../events/event-body.ts'
import type { World } from '../events/world.ts'
import { createdFilter, listBody, paginate } from '../http/pages.ts'
import type { Params } from '../http/params.ts'
import type { Route } from '../http/route.ts'
import { invalidRequest } from '../http/stripe-error.ts'
import type { JsonObject } from '../json.ts'
import type { EventRecord } from '../objects/event.ts'
import type { DeliveryRecord } from '../objects/webhook-endpoint.ts'
import { NEWEST_VERSION } from '../render/versions.ts'
import { deliveryId } from '../webhooks/delivery-id.ts'

export interface Redelivery {
  readonly resend: (delivery: DeliveryRecord) => void
  readonly toListeners: (events: readonly EventRecord[]) => void
}

const MOST_TYPES = 20

const deliveries = (world: World, event: EventRecord): readonly DeliveryRecord[] =>
  event.endpoints.flatMap((endpoint) => world.get('delivery', deliveryId(event.id, endpoint)) ?? [])

const body = (world: World, event: EventRecord): JsonObject => {
  const pending = deliveries(world, event).filter(({ state }) => state === 'pending').length
  return eventBody(event, NEWEST_VERSION, pending)
}

/** Stripe counts what is still on its way as not delivered, and one endpoint that lacks it is enough. */
const deliveredFilter = (world: World, wanted: boolean | undefined) => (event: EventRecord) =>
  wanted === undefined || deliveries(world, event).every(({ state }) => state === 'succeeded') === wanted

const typeFilter = (params: Params) => {
  const type = params.text('type')
  const types = params.texts('types') ?? (type === undefined ? undefined : [type])
  if (types !== undefined && types.length > MOST_TYPES)
    throw invalidRequest(`You can pass at most ${MOST_TYPES} types.`, 'types')
  return ({ type: actual }: EventRecord): boolean =>
    types === undefined ||
    types.some((wanted) =>
      wanted.endsWith('*') ? actual.startsWith(wanted.slice(0, -1)) : actual === wanted,
    )
}

/** The endpoint named, or every one that the event was owed to; one that was not owed it is added. */
const owedAgain = (
  world: World,
  event: EventRecord,
  endpoint: string | undefined,
): readonly DeliveryRecord[] => {
  if (endpoint === undefined) return deliveries(world, event)
  const { id } = world.need('webhook_endpoint', endpoint, 'webhook_endpoint')
  const known = world.get('delivery', deliveryId(event.id, id))
  if (known !== undefined) return [known]
  world.put<EventRecord>({ ...event, endpoints: [...event.endpoints, id] })
  return [
    world.put<DeliveryRecord>({
      object: 'delivery',
      id: deliveryId(event.id, id),
      attempts: 0,
      endpoint: id,
      event: event.id,
      last_status: null,
      state: 'pending',
    }),
  ]
}

/** Events are asked for and sent again here; what sends them is given. */
export const eventRoutes = (redelivery: Redelivery): readonly Route[] => [
  {
    method: 'GET',
    path: '/v1/events',
    handle: ({ world, params }) => {
      const isType = typeFilter(params)
      const inTime = createdFilter(params)
      const isDelivered = deliveredFilter(world, params.flag('delivery_success'))
      const page = paginate(
        world.all('event'),
        params,
        '/v1/events',
        (event) => isType(event) && inTime(event.created) && isDelivered(event),
      )
      return {
        json: listBody(
          page.data.map((event) => body(world, event)),
          page,
        ),
      }
    },
  },
  {
    method: 'GET',
    path: '/v1/events/:id',
    handle: ({ world, id }) => ({ json: body(world, world.need('event', id, 'id')) }),
  },
  {
    method: 'POST',
    path: '/v1/events/:id/retry',
    handle: ({ world, params, id }) => {
      const event = world.need('event', id, 'id')
      for (const delivery of owedAgain(world, event, params.text('webhook_endpoint')))
        redelivery.resend(delivery)
      redelivery.toListeners([event])
      return { json: body(world, event) }
    },
  },
]
