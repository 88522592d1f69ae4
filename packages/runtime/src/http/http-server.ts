import type { Server } from 'node:http'
import sensible from '@fastify/sensible'
import Fastify, { type FastifyHttpOptions, type FastifyInstance } from 'fastify'
import { classify, failureCode, KeyflowError } from '../errors/classify.ts'
import type { Logger } from '../telemetry/logger.ts'

export type { FastifyInstance }

export interface HttpServerOptions {
  readonly logger: Logger
  readonly bodyLimitBytes?: number
  readonly options?: FastifyHttpOptions<Server>
}

/** Fastify with time limits, problem bodies (RFC 9457) and no request logging: units of work log their own line. */
export const createHttpServer = async (options: HttpServerOptions): Promise<FastifyInstance> => {
  const server = Fastify({
    logger: false,
    bodyLimit: options.bodyLimitBytes ?? 64 * 1024,
    // Head within five seconds, all of the request within ten. Were the first limit left at Node's 60 s, Node would take
    // the smaller for the head and the larger for the body. Looked at every two seconds, where Node's default is thirty.
    requestTimeout: 10_000,
    http: { headersTimeout: 5000, connectionsCheckingInterval: 2000 },
    connectionTimeout: 30_000,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 400 },
    // A body is what it says: nothing is coerced (null would become 0), nothing unknown is dropped in silence.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
    ...options.options,
  })
  await server.register(sensible)
  server.setErrorHandler((error, _request, reply) => {
    const status = statusOf(error)
    if (status >= 500) options.logger.error({ code: failureCode(error), err: error }, 'http.failed')
    void reply
      .status(status)
      .headers(status === 503 ? { 'retry-after': '5' } : {})
      .type('application/problem+json')
      .send(problem(status, error))
  })
  server.setNotFoundHandler((_request, reply) => {
    void reply.status(404).type('application/problem+json').send(problem(404))
  })
  return server
}

const statusOf = (error: unknown): number => {
  const declared = (error as { statusCode?: unknown } | null)?.statusCode
  if (typeof declared === 'number' && declared >= 400 && declared < 600) return declared
  if (error instanceof KeyflowError && error.kind === 'invalid') return 400
  return classify(error) === 'transient' ? 503 : 500
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  413: 'Payload too large',
  415: 'Unsupported media type',
  422: 'Unprocessable',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Temporarily unavailable',
}

/** What a client may know: the message of its own mistakes, never of ours. */
const problem = (status: number, error?: unknown) => ({
  type: 'about:blank',
  title: TITLES[status] ?? 'Error',
  status,
  ...(status < 500 && error instanceof Error ? { detail: error.message } : {}),
})
