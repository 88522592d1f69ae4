import { type FastifyInstance, requireBearer } from '@keyflow/runtime'
import type { SuppressionRow } from '../adapters/suppression-store.ts'
import { isMailable } from '../domain/mail-address.ts'
import { ORDER, type Order } from './messages.route.ts'

export interface SuppressionsRouteOptions {
  readonly operatorToken: string
  readonly list: (limit: number) => Promise<readonly SuppressionRow[]>
  readonly find: (address: string) => Promise<SuppressionRow | null>
  readonly suppress: (address: string, order: Order) => Promise<SuppressionRow | null>
  /** False when nothing was suppressed. */
  readonly release: (
    by: { readonly id: string } | { readonly address: string },
    order: Order,
  ) => Promise<boolean>
}

// The address stands in the body: URLs end up in logs.
const ADDRESS = { type: 'string', minLength: 3, maxLength: 320 } as const
const bodyOf = (properties: object, required: readonly string[]) => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
})

const view = (row: SuppressionRow) => ({
  id: row._id,
  address: row.masked,
  reason: row.reason,
  until: row.until?.toISOString() ?? null,
  message: row.message,
  actor: row.actor,
  since: row.createdAt.toISOString(),
})

/** Addresses that get no mail: `GET`, `POST` (suppress), `POST …/look-up`, `POST …/release`. Kept as keyed hashes. */
export const suppressionsRoute = (server: FastifyInstance, options: SuppressionsRouteOptions): void => {
  const onRequest = requireBearer(options.operatorToken)
  const path = '/api/v1/suppressions'
  server.get(path, { onRequest }, async () => ({ data: (await options.list(500)).map(view) }))

  server.post<{ Body: Order & { address: string } }>(
    path,
    {
      onRequest,
      schema: { body: bodyOf({ ...ORDER, address: ADDRESS }, ['address', 'actor', 'reason']) },
    },
    async ({ body }, reply) => {
      if (!isMailable(body.address)) throw reply.badRequest('address must be one mail address.')
      const row = await options.suppress(body.address, body)
      return reply.status(201).send(row === null ? null : view(row))
    },
  )
  server.post<{ Body: { address: string } }>(
    `${path}/look-up`,
    { onRequest, schema: { body: bodyOf({ address: ADDRESS }, ['address']) } },
    async ({ body }) => {
      const row = await options.find(body.address)
      return { suppressed: row !== null, suppression: row === null ? null : view(row) }
    },
  )
  server.post<{ Body: Order & { address?: string; id?: string } }>(
    `${path}/release`,
    {
      onRequest,
      schema: {
        body: {
          ...bodyOf({ ...ORDER, address: ADDRESS, id: { type: 'string', maxLength: 64 } }, [
            'actor',
            'reason',
          ]),
          oneOf: [{ required: ['address'] }, { required: ['id'] }],
        },
      },
    },
    async ({ body }, reply) => {
      const by = body.id === undefined ? { address: body.address ?? '' } : { id: body.id }
      if (!(await options.release(by, body))) throw reply.notFound('This address is not suppressed.')
      return { released: true }
    },
  )
}
