import { type FastifyInstance, requireBearer } from '@keyflow/runtime'
import { MESSAGE_STATES, type MessageState } from '../domain/message.ts'
import type { Resent } from '../workers/resend-mail.ts'
import type { MessageView } from './message-view.ts'

export interface MessagesRouteOptions {
  readonly operatorToken: string
  readonly list: (
    by: { readonly licenseId?: string; readonly state?: MessageState },
    limit: number,
  ) => Promise<readonly MessageView[]>
  readonly find: (id: string) => Promise<MessageView | null>
  readonly resend: (target: ResendTarget, order: Order) => Promise<Resent>
}

/** A message, or the newest key of a license. */
export type ResendTarget = { readonly message: string } | { readonly licenseId: string }

export interface Order {
  readonly actor: string
  readonly reason: string
}

const QUERY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    license: { type: 'string', maxLength: 64 },
    state: { enum: [...MESSAGE_STATES] },
    limit: { type: 'string', pattern: '^([1-9]\\d?|1\\d\\d|200)$', default: '50' },
  },
} as const

interface Query {
  readonly license?: string
  readonly state?: MessageState
  readonly limit: string
}

export const ORDER = {
  actor: { type: 'string', minLength: 1, maxLength: 200 },
  reason: { type: 'string', minLength: 1, maxLength: 1000 },
} as const

const RESEND = {
  type: 'object',
  additionalProperties: false,
  required: ['actor', 'reason'],
  properties: ORDER,
} as const

/** `GET /api/v1/messages[/:id]`, `POST /api/v1/messages/:id/resend`, `POST /api/v1/licenses/:id/resend-key`: the send ledger, for operators. */
export const messagesRoute = (server: FastifyInstance, options: MessagesRouteOptions): void => {
  const onRequest = requireBearer(options.operatorToken)
  server.get<{ Querystring: Query }>(
    '/api/v1/messages',
    { onRequest, schema: { querystring: QUERY } },
    async ({ query }) => ({
      data: await options.list(
        {
          ...(query.license === undefined ? {} : { licenseId: query.license }),
          ...(query.state === undefined ? {} : { state: query.state }),
        },
        Number(query.limit),
      ),
    }),
  )
  server.get<{ Params: { id: string } }>('/api/v1/messages/:id', { onRequest }, async (request, reply) => {
    const view = await options.find(request.params.id)
    if (view === null) throw reply.notFound('No message has this id.')
    return view
  })
  const resendTo = (path: string, target: (id: string) => ResendTarget): void => {
    server.post<{ Params: { id: string }; Body: Order }>(
      path,
      { onRequest, schema: { body: RESEND } },
      async ({ params, body }, reply) => {
        const resent = await options.resend(target(params.id), body)
        if (resent.kind === 'none') throw reply.notFound('There is no such mail to be sent again.')
        if (resent.kind === 'open')
          throw reply.conflict('This mail is still on its way: it needs no second copy.')
        return reply.status(202).send({ message: resent.message })
      },
    )
  }
  resendTo('/api/v1/messages/:id/resend', (message) => ({ message }))
  resendTo('/api/v1/licenses/:id/resend-key', (licenseId) => ({ licenseId }))
}
