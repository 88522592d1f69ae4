import { createHash } from 'node:crypto'
import type { Keyset } from '@keyflow/client/protocol'
import { KeysetResponse } from '@keyflow/contracts'
import type { FastifyInstance } from '@keyflow/runtime'
import { NotModified } from './not-modified.ts'
import { routeSchema } from './route-schema.ts'

/** How long a client may go without a look; a thumbprint that it does not know sends it back at once. */
const CACHE = 'public, max-age=300'

/** `GET /.well-known/jwks.json`: the keys that leases are signed with, for everybody. */
export const keysetRoute = (server: FastifyInstance, deps: { readonly keyset: () => Keyset }): void => {
  server.get(
    '/.well-known/jwks.json',
    {
      schema: routeSchema({
        id: 'getKeyset',
        summary: 'Public keys of leases and revocations: next, active and retired ones, and what is revoked',
        tag: 'Validation',
        answers: { 200: KeysetResponse, 304: NotModified },
      }),
    },
    async (request, reply) => {
      const keyset = deps.keyset()
      const etag = `"${createHash('sha256').update(JSON.stringify(keyset)).digest('base64url').slice(0, 22)}"`
      reply.header('cache-control', CACHE).header('etag', etag)
      if (request.headers['if-none-match'] === etag) return reply.status(304).send()
      return keyset
    },
  )
}
