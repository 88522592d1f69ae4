import type { FastifyInstance, Logger } from '@keyflow/runtime'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { IngestMetrics, Livemode, Source } from '../adapters/ingest-metrics.ts'
import type { Attribute } from '../domain/attribution.ts'
import { DEFAULT_ENDPOINT } from '../domain/declared-endpoints.ts'
import { ANSWERS, type Answer } from '../domain/outcome.ts'
import type { InHandBudget } from './in-hand.ts'
import { MAX_BODY_BYTES, readBody } from './read-body.ts'
import type { OpenEndpoint, Receive } from './receive-webhook.ts'

export const WEBHOOK_PATH = '/api/v1/webhooks/stripe'

export interface WebhookRouteOptions {
  readonly endpoints: readonly OpenEndpoint[]
  readonly receive: Receive
  readonly inHand: InHandBudget
  readonly metrics: IngestMetrics
  readonly logger: Logger
  readonly attribute: Attribute
  /** While true, connections are closed after the answer in hand. */
  readonly isDraining: () => boolean
}

interface Result {
  readonly answer: Answer
  readonly livemode: Livemode
  /** The rest of the body stays unread: the connection cannot carry another request. */
  readonly close?: boolean
  /** Turned away before its signature was looked at: anybody can have sent it. */
  readonly unverified?: boolean
}

const OTHER_METHODS = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** The webhook routes. Order of checks: method and path, head, size while streaming, signature, JSON, mode. */
export const registerWebhookRoutes = (server: FastifyInstance, options: WebhookRouteOptions): void => {
  const { receive, inHand, metrics } = options
  const endpoints = new Map(options.endpoints.map((endpoint) => [endpoint.name, endpoint]))

  const sourceOf = (request: FastifyRequest): Source =>
    options.attribute(request.ip) === 'stripe' ? 'stripe' : 'other'

  const admitted = async (request: FastifyRequest, endpoint: OpenEndpoint): Promise<Result> => {
    let taken = 0
    const take = (bytes: number): boolean => {
      taken += bytes
      return inHand.take(bytes)
    }
    try {
      const body = await readBody(request.raw, { limit: MAX_BODY_BYTES, take })
      if (body.kind !== 'read') return BROKEN_OFF[body.kind]
      const receipt = await receive({
        endpoint,
        signature: signatureOf(request),
        body: body.bytes,
        source: () => sourceOf(request),
      })
      return { answer: ANSWERS[receipt.outcome], livemode: receipt.livemode }
    } finally {
      inHand.leave(taken)
    }
  }

  const handle = async (request: FastifyRequest, endpoint: OpenEndpoint): Promise<Result> => {
    const refusal = judgeHead(request)
    if (refusal !== undefined) return refusal
    return inHand.enter() ? admitted(request, endpoint) : unread(ANSWERS.overloaded)
  }

  const reply = async (
    request: FastifyRequest,
    response: FastifyReply,
    name: string,
  ): Promise<FastifyReply> => {
    const endpoint = endpoints.get(name)
    if (endpoint === undefined) {
      response.callNotFound()
      return response
    }
    const started = performance.now()
    const {
      answer,
      livemode,
      close = false,
      unverified = false,
    } = await handle(request, endpoint).catch((error: unknown) => {
      options.logger.error({ endpoint: name, err: error }, 'webhook.failed')
      return unread(ANSWERS.internal)
    })
    const isStranger = unverified && options.attribute(request.ip) === 'stranger'
    const outcome = isStranger ? 'stranger_refused' : answer.outcome
    metrics.answered(name, livemode, outcome, (performance.now() - started) / 1000)
    if (answer.retryAfter !== undefined) response.header('retry-after', answer.retryAfter)
    if (close || options.isDraining()) response.header('connection', 'close')
    return response.status(answer.status).header('content-type', 'application/json').send(answer.body)
  }

  for (const url of [WEBHOOK_PATH, `${WEBHOOK_PATH}/:endpoint`]) {
    // Answered in the first hook: Fastify goes on to read and decode the body, which is not to be touched unverified.
    server.post<{ Params: { endpoint?: string } }>(
      url,
      {
        onRequest: (request, response) =>
          reply(request, response, request.params.endpoint ?? DEFAULT_ENDPOINT),
      },
      answeredByHook,
    )
    server.route({
      method: OTHER_METHODS,
      url,
      handler: (_request, response) => response.header('allow', 'POST').methodNotAllowed(),
    })
  }
}

const answeredByHook = (): never => {
  throw new Error('the webhook hook did not answer')
}

const unread = (answer: Answer): Result => ({ answer, livemode: 'unknown', unverified: true })

/** Answers to bodies that did not come to their end. */
const BROKEN_OFF: Readonly<Record<'too_large' | 'refused' | 'aborted', Result>> = {
  too_large: { ...unread(ANSWERS.too_large), close: true },
  refused: { ...unread(ANSWERS.overloaded), close: true },
  aborted: { ...unread(ANSWERS.malformed), close: true },
}

/** What the head alone forbids, before a byte of the body is read. */
const judgeHead = (request: FastifyRequest): Result | undefined => {
  const { headers } = request
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') return unread(ANSWERS.unsupported)
  if (!isJson(headers['content-type'])) return unread(ANSWERS.unsupported)
  if (Number(headers['content-length'] ?? 0) > MAX_BODY_BYTES)
    return { ...unread(ANSWERS.too_large), close: true }
  return undefined
}

const isJson = (contentType: string | undefined): boolean =>
  contentType !== undefined && /^application\/json\s*(?:;|$)/i.test(contentType)

const signatureOf = (request: FastifyRequest): string | undefined => {
  const value = request.headers['stripe-signature']
  return Array.isArray(value) ? value.join(',') : value
}
