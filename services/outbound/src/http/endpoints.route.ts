import { OUTGOING_EVENT_TYPES } from '@keyflow/contracts'
import { type FastifyInstance, ProblemError, requireBearer } from '@keyflow/runtime'
import { type Static, Type } from 'typebox'
import type { Endpoint } from '../domain/endpoint.ts'
import type { ReadUrl } from '../domain/endpoint-url.ts'
import type { ChangeEndpoint } from '../workers/change-endpoint.ts'
import { endpointView } from './endpoint-view.ts'

const Audit = {
  actor: Type.String({ minLength: 1, maxLength: 200 }),
  reason: Type.String({ minLength: 1, maxLength: 1000 }),
}
const Wish = {
  url: Type.String({ minLength: 1, maxLength: 2000 }),
  description: Type.Optional(Type.String({ maxLength: 500 })),
  event_types: Type.Optional(
    Type.Union([
      Type.Array(Type.Unsafe<(typeof OUTGOING_EVENT_TYPES)[number]>({ enum: [...OUTGOING_EVENT_TYPES] }), {
        minItems: 1,
        uniqueItems: true,
      }),
      Type.Null(),
    ]),
  ),
  livemode: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
  enabled: Type.Optional(Type.Boolean()),
}
const strict = { additionalProperties: false } as const
const Create = Type.Object({ ...Wish, ...Audit }, strict)
const Patch = Type.Object({ ...Wish, url: Type.Optional(Wish.url), ...Audit }, strict)
const Verb = Type.Object(Audit, strict)
const Rotate = Type.Object(
  { ...Audit, overlap_hours: Type.Optional(Type.Integer({ minimum: 0, maximum: 168 })) },
  strict,
)

const PATH = '/api/v1/webhook-endpoints'
const DEFAULT_OVERLAP_HOURS = 24

export interface EndpointsRouteDeps {
  readonly operatorToken: string
  readonly endpoints: ChangeEndpoint
  readonly list: () => Promise<readonly Endpoint[]>
  readonly maxEndpoints: number
  readonly readUrl: (text: string) => ReadUrl
  readonly secretText: (secret: Uint8Array) => string
  readonly clock: () => Date
}

type ById = { Params: { id: string } }

/** `/api/v1/webhook-endpoints`: where license events are told, for operators. */
export const endpointsRoute = (server: FastifyInstance, deps: EndpointsRouteDeps): void => {
  const onRequest = requireBearer(deps.operatorToken)
  const view = (endpoint: Endpoint) => endpointView(endpoint, deps.clock().getTime())
  const urlOf = (text: string): string => {
    const read = deps.readUrl(text)
    if (!read.ok) throw new ProblemError('unprocessable', `The URL ${read.problem}.`)
    return read.url
  }
  const live = async (): Promise<readonly Endpoint[]> => (await deps.list()).filter(({ deleted }) => !deleted)

  server.get(PATH, { onRequest }, async () => ({ data: (await live()).map(view) }))

  server.get<ById>(`${PATH}/:id`, { onRequest }, async ({ params }) =>
    view(await deps.endpoints.existing(params.id)),
  )

  server.post<{ Body: Static<typeof Create> }>(
    PATH,
    { onRequest, schema: { body: Create } },
    async ({ body }, reply) => {
      const url = urlOf(body.url)
      if ((await live()).length >= deps.maxEndpoints)
        throw new ProblemError('conflict', `There are ${deps.maxEndpoints} endpoints: delete one first.`)
      const { endpoint, secret } = await deps.endpoints.create(
        {
          url,
          description: body.description ?? '',
          eventTypes: body.event_types ?? null,
          livemode: body.livemode ?? null,
          enabled: body.enabled ?? true,
        },
        body,
      )
      return reply.status(201).send({ ...view(endpoint), secret: deps.secretText(secret) })
    },
  )

  server.patch<ById & { Body: Static<typeof Patch> }>(
    `${PATH}/:id`,
    { onRequest, schema: { body: Patch } },
    async ({ params, body }) => {
      const { actor, reason, event_types: eventTypes, url, ...same } = body
      const changed = {
        ...same,
        ...(eventTypes === undefined ? {} : { eventTypes }),
        ...(url === undefined ? {} : { url: urlOf(url) }),
      }
      return view(await deps.endpoints.change(params.id, { actor, reason }, changed))
    },
  )

  server.delete<ById & { Body: Static<typeof Verb> }>(
    `${PATH}/:id`,
    { onRequest, schema: { body: Verb } },
    async ({ params, body }) => {
      await deps.endpoints.change(params.id, body, { deleted: true, enabled: false, secrets: [] })
      return { id: params.id, deleted: true }
    },
  )

  server.post<ById & { Body: Static<typeof Rotate> }>(
    `${PATH}/:id/rotate-secret`,
    { onRequest, schema: { body: Rotate } },
    async ({ params, body: { overlap_hours: overlap = DEFAULT_OVERLAP_HOURS, ...audit } }) => {
      const { endpoint, secret } = await deps.endpoints.rotateSecret(params.id, overlap, audit)
      return { ...view(endpoint), secret: deps.secretText(secret) }
    },
  )
}
