import type { Server } from 'node:http'
import sensible from '@fastify/sensible'
import type { Problem } from '@keyflow/contracts'
import Fastify, { type FastifyHttpOptions, type FastifyInstance, type FastifyReply } from 'fastify'
import { failureCode } from '../errors/classify.ts'
import type { Logger } from '../telemetry/logger.ts'
import { answerClientError } from './client-error.ts'
import { bodyOf, toProblem } from './problem.ts'

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
    clientErrorHandler: answerClientError,
    // A path that cannot be decoded, or a version that nobody asked for: found before any route.
    frameworkErrors: (error, _request, reply) => void answer(options.logger, error, reply),
    // A body is what it says: nothing is coerced (null would become 0), nothing unknown is dropped in silence.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
    ...options.options,
  })
  // Answers hold what only their reader may see; a route that may be kept says so itself.
  server.addHook('onRequest', (_request, reply, done) => {
    reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff')
    done()
  })
  await server.register(sensible)
  server.setErrorHandler((error, _request, reply) => answer(options.logger, error, reply))
  server.setNotFoundHandler((_request, reply) => send(reply, bodyOf('unknown-route')))
  return server
}

const answer = (logger: Logger, error: unknown, reply: FastifyReply): FastifyReply => {
  const problem = toProblem(error)
  if (problem.status >= 500) logger.error({ code: failureCode(error), err: error }, 'http.failed')
  return send(reply, problem)
}

const send = (reply: FastifyReply, problem: Problem): FastifyReply =>
  reply
    .status(problem.status)
    .headers(problem.status === 503 ? { 'retry-after': '5' } : {})
    .type('application/problem+json')
    .send(problem)
