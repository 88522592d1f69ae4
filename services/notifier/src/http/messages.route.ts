import { type FastifyInstance, requireBearer } from '@keyflow/runtime'
import type { MessageRow } from '../adapters/message-rows.ts'
import { MESSAGE_STATES, type MessageState } from '../domain/message.ts'
import { messageView } from './message-view.ts'

export interface MessagesRouteOptions {
  readonly operatorToken: string
  readonly list: (
    by: { readonly licenseId?: string; readonly state?: MessageState },
    limit: number,
  ) => Promise<readonly MessageRow[]>
  readonly find: (id: string) => Promise<MessageRow | null>
}

const QUERY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    license: { type: 'string', maxLength: 64 },
    state: { enum: [...MESSAGE_STATES] },
    limit: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
  },
} as const

interface Query {
  readonly license?: string
  readonly state?: MessageState
  readonly limit: number
}

/** `GET /api/v1/messages[/:id]`: the send ledger, for operators. */
export const messagesRoute = (server: FastifyInstance, options: MessagesRouteOptions): void => {
  const onRequest = requireBearer(options.operatorToken)
  server.get<{ Querystring: Query }>(
    '/api/v1/messages',
    { onRequest, schema: { querystring: QUERY } },
    async ({ query }) => {
      const rows = await options.list(
        {
          ...(query.license === undefined ? {} : { licenseId: query.license }),
          ...(query.state === undefined ? {} : { state: query.state }),
        },
        query.limit,
      )
      return { data: rows.map(messageView) }
    },
  )
  server.get<{ Params: { id: string } }>('/api/v1/messages/:id', { onRequest }, async (request, reply) => {
    const row = await options.find(request.params.id)
    if (row === null) throw reply.notFound('No message has this id.')
    return messageView(row)
  })
}
