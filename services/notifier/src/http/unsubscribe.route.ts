import type { FastifyInstance } from '@keyflow/runtime'
import type { MessageKey } from '../mails/messages/en.ts'

export interface UnsubscribeRouteOptions {
  /** Null for a token that is not ours. */
  readonly addressHashOf: (token: string) => string | null
  readonly unsubscribe: (addressHash: string) => Promise<void>
  readonly product: string
  readonly say: (key: MessageKey) => string
  readonly escape: (text: string) => string
}

const STYLE =
  ':root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:15vh auto;padding:0 1rem}button{font:inherit;padding:.6rem 1.2rem}'

/**
 * `/u/:token`. Opening the link changes nothing, since mail scanners open every link; the button (or the mail program's own
 * one-click request, RFC 8058) does.
 */
export const unsubscribeRoute = (server: FastifyInstance, options: UnsubscribeRouteOptions): void => {
  const page = (content: string): string =>
    `<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex"><title>${options.escape(options.product)}</title><style>${STYLE}</style></head><body><h1>${options.escape(options.product)}</h1>${content}</body></html>`
  const label = options.escape(options.say('common.unsubscribe'))

  void server.register(async (scope) => {
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'buffer' },
      (_request, _body, done) => done(null, null),
    )
    scope.addContentTypeParser('multipart/form-data', (_request, payload, done) => {
      payload.resume()
      done(null, null)
    })
    scope.get<{ Params: { token: string } }>('/u/:token', async ({ params }, reply) => {
      if (options.addressHashOf(params.token) === null) throw reply.notFound()
      return reply
        .type('text/html; charset=utf-8')
        .header('referrer-policy', 'no-referrer')
        .header(
          'content-security-policy',
          "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
        )
        .send(page(`<form method="post"><button>${label}</button></form>`))
    })
    scope.post<{ Params: { token: string } }>('/u/:token', async ({ params }, reply) => {
      const addressHash = options.addressHashOf(params.token)
      if (addressHash === null) throw reply.notFound()
      await options.unsubscribe(addressHash)
      return reply.type('text/html; charset=utf-8').send(page(`<p>&#10003; ${label}</p>`))
    })
  })
}
