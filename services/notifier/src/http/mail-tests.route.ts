import { type FastifyInstance, requireBearer } from '@keyflow/runtime'
import { isMailable } from '../domain/mail-address.ts'
import { MAIL_TEMPLATES, type MailTemplate } from '../domain/templates.ts'
import { ORDER, type Order } from './messages.route.ts'

export interface TestMail {
  readonly template: MailTemplate
  readonly fixture?: string
  readonly locale?: string
  readonly to: string
}

export type TestSent =
  | { readonly kind: 'sent'; readonly relay: string }
  | { readonly kind: 'failed'; readonly code: string; readonly reply: number | null }
  | { readonly kind: 'no_fixture' }

const BODY = {
  type: 'object',
  additionalProperties: false,
  required: ['template', 'to', 'actor', 'reason'],
  properties: {
    ...ORDER,
    template: { enum: [...MAIL_TEMPLATES] },
    fixture: { type: 'string', maxLength: 40 },
    locale: { type: 'string', maxLength: 20 },
    to: { type: 'string', minLength: 3, maxLength: 320 },
  },
} as const

/** `POST /api/v1/mail-tests`: an example of a mail, through the real relay. */
export const mailTestsRoute = (
  server: FastifyInstance,
  options: {
    readonly operatorToken: string
    readonly send: (mail: TestMail, order: Order) => Promise<TestSent>
  },
): void => {
  server.post<{ Body: TestMail & Order }>(
    '/api/v1/mail-tests',
    { onRequest: requireBearer(options.operatorToken), schema: { body: BODY } },
    async ({ body }, reply) => {
      if (!isMailable(body.to)) throw reply.badRequest('to must be one mail address.')
      const sent = await options.send(body, body)
      if (sent.kind === 'no_fixture') throw reply.notFound('This mail has no such example.')
      return sent
    },
  )
}
