import { type FastifyInstance, ProblemError, requireBearer } from '@keyflow/runtime'
import { type Static, Type } from 'typebox'
import { DELIVERY_STATES, type Delivery, type DeliveryState } from '../adapters/mongo-deliveries.ts'
import type { Endpoint } from '../domain/endpoint.ts'
import { deliveryView } from './endpoint-view.ts'

const strict = { additionalProperties: false } as const
const Query = Type.Object(
  {
    state: Type.Optional(Type.Unsafe<DeliveryState>({ enum: [...DELIVERY_STATES] })),
    // Text: a query has no numbers, and nothing is coerced.
    limit: Type.Optional(Type.String({ pattern: '^([1-9]\\d?|1\\d\\d|200)$' })),
  },
  strict,
)
const Redeliver = Type.Object(
  {
    since: Type.String({ format: 'date-time' }),
    /** Also what the receiver has taken already. */
    all: Type.Optional(Type.Boolean()),
  },
  strict,
)

export interface DeliveriesRouteDeps {
  readonly operatorToken: string
  readonly endpoint: (id: string) => Promise<Endpoint>
  readonly list: (
    lane: string,
    state: DeliveryState | undefined,
    limit: number,
  ) => Promise<readonly Delivery[]>
  readonly find: (id: string) => Promise<Delivery | null>
  readonly redeliverOne: (id: string) => Promise<number>
  readonly redeliverSince: (lane: string, since: Date, all: boolean) => Promise<number>
  /** Sends an event of type `webhook.test`; its id. */
  readonly sendTest: (endpoint: Endpoint) => Promise<string>
}

type ById = { Params: { id: string } }
const ENDPOINT = '/api/v1/webhook-endpoints/:id'

/** What was sent to an endpoint, what came of it, and how to send it again. */
export const deliveriesRoute = (server: FastifyInstance, deps: DeliveriesRouteDeps): void => {
  const onRequest = requireBearer(deps.operatorToken)
  const noSuch = () =>
    new ProblemError('not-found', 'No delivery has this id, or it is being tried at this moment.')

  server.get<ById & { Querystring: Static<typeof Query> }>(
    `${ENDPOINT}/deliveries`,
    { onRequest, schema: { querystring: Query } },
    async ({ params, query }) => {
      const { id } = await deps.endpoint(params.id)
      return { data: (await deps.list(id, query.state, Number(query.limit ?? 50))).map(deliveryView) }
    },
  )
  server.post<ById>(`${ENDPOINT}/test`, { onRequest }, async ({ params }, reply) => {
    const event = await deps.sendTest(await deps.endpoint(params.id))
    return reply.status(202).send({ event })
  })
  server.post<ById & { Body: Static<typeof Redeliver> }>(
    `${ENDPOINT}/redeliver`,
    { onRequest, schema: { body: Redeliver } },
    async ({ params, body }, reply) => {
      const { id } = await deps.endpoint(params.id)
      const redelivered = await deps.redeliverSince(id, new Date(body.since), body.all === true)
      return reply.status(202).send({ redelivered })
    },
  )
  server.get<{ Params: { '*': string } }>(
    '/api/v1/webhook-deliveries/*',
    { onRequest },
    async ({ params }) => {
      const found = await deps.find(params['*'])
      if (found === null) throw noSuch()
      return deliveryView(found)
    },
  )
  server.post<{ Body: { id: string } }>(
    '/api/v1/webhook-deliveries/redeliver',
    { onRequest, schema: { body: Type.Object({ id: Type.String({ maxLength: 400 }) }, strict) } },
    async ({ body }, reply) => {
      const redelivered = await deps.redeliverOne(body.id)
      if (redelivered === 0) throw noSuch()
      return reply.status(202).send({ redelivered })
    },
  )
}
