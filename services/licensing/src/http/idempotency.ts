import { createHash } from 'node:crypto'
import { canonical } from '@keyflow/contracts'
import { delay, ProblemError } from '@keyflow/runtime'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { SealedText } from '../adapters/jose-sealed-text.ts'
import type { Begun, KeptAnswer } from '../adapters/mongo-idempotent-requests.ts'
import { principalOf } from './authorize.ts'

export interface IdempotencyDeps {
  readonly begin: (request: { id: string; hash: string; operationId: string }) => Promise<Begun>
  readonly keep: (id: string, answer: KeptAnswer) => Promise<void>
  readonly release: (id: string) => Promise<void>
  readonly sealed: SealedText
  readonly newId: () => string
}

export interface Idempotency {
  /** To be spread into the options of a route that writes. */
  readonly hooks: {
    readonly preHandler: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>
    readonly onSend: (request: FastifyRequest, reply: FastifyReply, payload: unknown) => Promise<unknown>
  }
  /** Under which the request's decision goes into the log: the same when it is worked on again. */
  readonly operationIdOf: (request: FastifyRequest) => string
}

interface InHand {
  readonly id: string
  readonly operationId: string
}

const WAIT_MS = 5000
const EVERY_MS = 50
const KEPT_HEADERS = ['location', 'etag']

/**
 * `Idempotency-Key`: a request that is sent again gets the first answer again and does nothing; while the first is being
 * worked on, the second waits for its answer. The same key with another request is a problem.
 */
export const createIdempotency = (deps: IdempotencyDeps): Idempotency => {
  const inHand = new WeakMap<FastifyRequest, InHand>()

  const begin = async (asked: InHand & { readonly hash: string }): Promise<Begun> => {
    const deadline = performance.now() + WAIT_MS
    for (;;) {
      const begun = await deps.begin(asked)
      if (begun.kind !== 'busy' || performance.now() > deadline) return begun
      await delay(EVERY_MS)
    }
  }

  return {
    operationIdOf: (request) => inHand.get(request)?.operationId ?? `op_${deps.newId()}`,
    hooks: {
      preHandler: async (request, reply) => {
        const key = request.headers['idempotency-key']
        if (typeof key !== 'string') return undefined
        const id = `${principalOf(request).id}:${key}`
        const begun = await begin({ id, hash: hashOf(request), operationId: `op_${deps.newId()}` })
        if (begun.kind === 'mine') {
          inHand.set(request, { id, operationId: begun.operationId })
          return undefined
        }
        if (begun.kind === 'other_request') throw new ProblemError('idempotency-key-reused')
        if (begun.kind === 'busy') {
          reply.header('retry-after', '1')
          throw new ProblemError('request-in-progress')
        }
        const { status, headers, body } = begun.answer
        return reply
          .status(status)
          .headers({ ...headers, 'idempotency-replayed': 'true' })
          .serializer((text: string) => text)
          .send(await deps.sealed.open(body))
      },
      onSend: async (request, reply, payload) => {
        const mine = inHand.get(request)
        if (mine === undefined || typeof payload !== 'string') return payload
        // An answer that cannot be kept is worked out again: under the same id, so it decides nothing anew.
        const kept =
          reply.statusCode >= 500
            ? deps.release(mine.id)
            : deps.keep(mine.id, await toKept(reply, payload, deps.sealed))
        await kept.catch(() => {})
        return payload
      },
    },
  }
}

const toKept = async (reply: FastifyReply, payload: string, sealed: SealedText): Promise<KeptAnswer> => {
  const headers: Record<string, string> = { 'content-type': String(reply.getHeader('content-type')) }
  for (const name of KEPT_HEADERS) {
    const value = reply.getHeader(name)
    if (value !== undefined) headers[name] = String(value)
  }
  return { status: reply.statusCode, headers, body: await sealed.seal(payload) }
}

const hashOf = ({ method, url, body }: FastifyRequest): string =>
  createHash('sha256')
    .update(`${method} ${url}\n${canonical(body ?? null)}`)
    .digest('hex')
