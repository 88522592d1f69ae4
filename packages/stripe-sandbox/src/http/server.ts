import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { newId } from '../identifiers.ts'
import { NEWEST_VERSION } from '../render/versions.ts'
import { checkAuthorization } from './authorization.ts'
import type { Dispatch } from './dispatch.ts'
import { type FormObject, parseForm } from './form-body.ts'
import { parseBody } from './json-body.ts'
import type { PageAnswer, PageRoute, Route } from './route.ts'
import { errorBody, StripeError } from './stripe-error.ts'

const BODY_LIMIT = 1_048_576

/** Answers without a key, for whoever waits for the sandbox. */
const HEALTH = '/healthz'

const headerText = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value

const asForm = (value: unknown): FormObject =>
  typeof value === 'object' && value !== null ? (value as FormObject) : {}

const answerError = (error: unknown, reply: FastifyReply): FastifyReply => {
  if (error instanceof StripeError) return reply.code(error.fields.status).send(errorBody(error.fields))
  const status = (error as { statusCode?: number }).statusCode ?? 500
  const refused = status < 500
  return reply.code(status).send(
    errorBody({
      status,
      type: refused ? 'invalid_request_error' : 'api_error',
      message: refused && error instanceof Error ? error.message : 'An unknown error occurred',
    }),
  )
}

const answerPage = (answer: PageAnswer, reply: FastifyReply): FastifyReply =>
  'redirect' in answer
    ? reply.code(303).header('location', answer.redirect).send()
    : reply
        .code(answer.status)
        .header('content-type', 'text/html; charset=utf-8')
        .header('cache-control', 'no-store')
        .send(answer.html)

/** The HTTP face of the API: forms in, JSON out, Stripe's headers on every answer. */
export const createServer = (
  routes: readonly Route[],
  pages: readonly PageRoute[],
  dispatch: Dispatch,
  onError: (error: unknown) => void,
): FastifyInstance => {
  const server = Fastify({
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: true,
    routerOptions: { querystringParser: parseForm, ignoreTrailingSlash: true },
  })
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    done(null, parseBody(String(body)))
  })
  const open = new Set<string | undefined>([HEALTH, ...pages.map(({ path }) => path)])
  server.get(HEALTH, async () => ({ status: 'ok' }))
  server.addHook('onRequest', async (request, reply) => {
    if (open.has(request.routeOptions.url)) return
    const version = headerText(request.headers['stripe-version']) ?? NEWEST_VERSION
    reply.header('request-id', newId('req')).header('stripe-version', version)
    checkAuthorization(
      {
        authorization: request.headers.authorization,
        method: request.method,
        path: request.routeOptions.url ?? request.url,
      },
      dispatch.permissionsOf,
    )
  })
  server.setErrorHandler((error, _request, reply) => {
    const answer = answerError(error, reply)
    if (reply.statusCode >= 500) onError(error)
    return answer
  })
  server.setNotFoundHandler((request, reply) =>
    answerError(
      new StripeError({
        status: 404,
        type: 'invalid_request_error',
        message: `Unrecognized request URL (${request.method}: ${request.url}).`,
      }),
      reply,
    ),
  )
  for (const route of routes) {
    server.route({
      method: route.method,
      url: route.path,
      handler: async (request: FastifyRequest, reply: FastifyReply) => {
        const { id = '' } = request.params as { id?: string }
        const { status, body, replayed } = dispatch.call(route, {
          id,
          form: { ...asForm(request.query), ...asForm(request.body) },
          url: `${request.method} ${request.url}`,
          requestId: String(reply.getHeader('request-id')),
          version: String(reply.getHeader('stripe-version')),
          idempotencyKey:
            route.method === 'POST' ? (headerText(request.headers['idempotency-key']) ?? null) : null,
        })
        if (replayed) reply.header('idempotent-replayed', 'true')
        return reply.code(status).send(body)
      },
    })
  }
  for (const page of pages) {
    server.route({
      method: page.method,
      url: page.path,
      handler: async (request: FastifyRequest, reply: FastifyReply) => {
        const { id = '' } = request.params as { id?: string }
        const form = { ...asForm(request.query), ...asForm(request.body) }
        return answerPage(dispatch.page(page, { id, form }), reply)
      },
    })
  }
  return server
}
