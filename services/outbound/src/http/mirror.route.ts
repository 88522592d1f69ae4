import { Readable } from 'node:stream'
import { type FastifyInstance, ProblemError, requireBearer } from '@keyflow/runtime'
import { type Static, Type } from 'typebox'
import type { CheckMirror } from '../workers/check-mirror.ts'

const Body = Type.Object({ repair: Type.Optional(Type.Boolean()) }, { additionalProperties: false })

export interface MirrorRouteDeps {
  readonly operatorToken: string
  /** Null while no mirror is configured. */
  readonly check: CheckMirror | null
}

/** `POST /api/v1/mirror/check`: what differs on the outside license server, one JSON document a line. */
export const mirrorRoute = (server: FastifyInstance, deps: MirrorRouteDeps): void => {
  server.post<{ Body: Static<typeof Body> }>(
    '/api/v1/mirror/check',
    { onRequest: requireBearer(deps.operatorToken), schema: { body: Body } },
    async ({ body }, reply) => {
      const { check } = deps
      if (check === null) throw new ProblemError('not-found', 'No mirror is configured: MIRROR_KIND is none.')
      const lines = async function* () {
        for await (const line of check(body.repair === true)) yield `${JSON.stringify(line)}\n`
      }
      return reply.type('application/x-ndjson').send(Readable.from(lines()))
    },
  )
}
