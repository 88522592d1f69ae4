import { type FastifyInstance, type Logger, requireBearer } from '@keyflow/runtime'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ReadReport } from '../adapters/read-reports.ts'
import type { MailFeedback } from '../domain/mail-feedback.ts'
import type { Taken } from '../workers/take-feedback.ts'

export interface MailFeedbackRouteOptions {
  readonly operatorToken: string
  readonly generic: ReadReport
  readonly postmark: ReadReport
  readonly ses: ReadReport
  /** A report that came back by mail. */
  readonly dsn: ReadReport
  readonly take: (feedback: MailFeedback) => Promise<Taken>
  readonly logger: Logger
}

/**
 * `POST /api/v1/mail-feedback[/postmark|/ses|/dsn]`: what became of mails after they were handed over. A report that cannot
 * be read is answered 200 as well, so that nobody repeats it for days; it is counted and logged.
 */
export const mailFeedbackRoute = (server: FastifyInstance, options: MailFeedbackRouteOptions): void => {
  void server.register(async (scope) => {
    // Signatures are over bytes.
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    const handle =
      (name: string, read: ReadReport) => async (request: FastifyRequest, reply: FastifyReply) => {
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
        const feedback = await read({ headers: request.headers, body })
        if (feedback === 'closed') throw reply.forbidden('This way is not configured.')
        if (feedback === 'refused') {
          options.logger.warn({ provider: name }, 'mail.feedback_refused')
          throw reply.unauthorized('The report is not signed as agreed.')
        }
        if (feedback === null) {
          options.logger.info({ provider: name }, 'mail.feedback_ignored')
          return { result: 'ignored' }
        }
        return { result: await options.take(feedback) }
      }
    scope.post('/api/v1/mail-feedback', handle('generic', options.generic))
    scope.post('/api/v1/mail-feedback/postmark', handle('postmark', options.postmark))
    scope.post('/api/v1/mail-feedback/ses', handle('ses', options.ses))
    scope.post(
      '/api/v1/mail-feedback/dsn',
      { onRequest: requireBearer(options.operatorToken) },
      handle('dsn', options.dsn),
    )
  })
}
