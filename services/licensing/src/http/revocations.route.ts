import { RevocationsResponse } from '@keyflow/contracts'
import type { FastifyInstance } from '@keyflow/runtime'
import { Type } from 'typebox'
import type { Statement } from '../workers/revocation-feed.ts'
import { NotModified } from './not-modified.ts'
import { routeSchema } from './route-schema.ts'

const CACHE_SECONDS = 15

/** `GET /api/v1/revocations?since=`: which leases must not be believed any more, for everybody and every cache between. */
export const revocationsRoute = (
  server: FastifyInstance,
  deps: { readonly since: (epoch: number) => Promise<Statement> },
): void => {
  server.get<{ Querystring: { since?: string } }>(
    '/api/v1/revocations',
    {
      schema: routeSchema({
        id: 'listRevocations',
        summary: 'A signed statement of the leases that no longer count, since an epoch',
        tag: 'Validation',
        query: Type.Object(
          { since: Type.Optional(Type.String({ pattern: '^\\d{1,15}$' })) },
          { additionalProperties: false },
        ),
        answers: { 200: RevocationsResponse, 304: NotModified },
      }),
    },
    async (request, reply) => {
      const { text, epoch, issuedAt } = await deps.since(Number(request.query.since ?? 0))
      const etag = `"${epoch}.${issuedAt}"`
      reply.header('cache-control', `public, max-age=${CACHE_SECONDS}`).header('etag', etag)
      if (request.headers['if-none-match'] === etag) return reply.status(304).send()
      return { epoch, statement: text }
    },
  )
}
