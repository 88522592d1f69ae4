import { LicenseResponse } from '@keyflow/contracts'
import { type FastifyInstance, requireBearer } from '@keyflow/runtime'
import { type Static, Type } from 'typebox'
import type { Decision, Operated } from '../workers/operate-license.ts'
import { toResponse } from './license-view.ts'

/** Who decides, and why: kept with the license for ever. */
const Audit = {
  actor: Type.String({ minLength: 1, maxLength: 200 }),
  reason: Type.String({ minLength: 1, maxLength: 1000 }),
}
const Verb = Type.Object(Audit, { additionalProperties: false })
const Patch = Type.Object(
  {
    ...Audit,
    tier: Type.Optional(Type.Union([Type.String({ maxLength: 100 }), Type.Null()])),
    max_domains: Type.Optional(Type.Union([Type.Integer({ minimum: 0 }), Type.Null()])),
    features: Type.Optional(
      Type.Union([Type.Array(Type.String({ maxLength: 100 }), { maxItems: 100 }), Type.Null()]),
    ),
  },
  { additionalProperties: false },
)

const Params = Type.Object({ id: Type.String({ format: 'uuid' }) })
const response = { 200: LicenseResponse, 202: Type.Object({ accepted: Type.Boolean() }) }

export interface OperationsRouteDeps {
  readonly operate: (licenseId: string, decision: Decision) => Promise<Operated>
  readonly knowsTier: (tier: string) => boolean
  readonly operatorToken: string
  readonly clock: () => Date
}

/** The operator's verbs: `suspend` and `reinstate` pair up, `revoke` is final, `PATCH` overrides limits. */
export const operationsRoute = (server: FastifyInstance, deps: OperationsRouteDeps): void => {
  const onRequest = requireBearer(deps.operatorToken)
  const answer = (operated: Operated) => {
    if (operated.kind === 'not_found') throw server.httpErrors.notFound('No license has this id.')
    return operated.kind === 'accepted'
      ? { status: 202 as const, body: { accepted: true } }
      : {
          status: 200 as const,
          body: toResponse(operated.license, Math.floor(deps.clock().getTime() / 1000)),
        }
  }
  for (const kind of ['suspend', 'reinstate', 'revoke'] as const)
    server.post<{ Params: { id: string }; Body: Static<typeof Verb> }>(
      `/api/v1/licenses/:id/${kind}`,
      { onRequest, schema: { params: Params, body: Verb, response } },
      async (request, reply) => {
        const { status, body } = answer(
          await deps.operate(request.params.id, { ...request.body, action: { kind } }),
        )
        return reply.status(status).send(body)
      },
    )
  server.patch<{ Params: { id: string }; Body: Static<typeof Patch> }>(
    '/api/v1/licenses/:id',
    { onRequest, schema: { params: Params, body: Patch, response } },
    async (request, reply) => {
      const { actor, reason, tier, max_domains: maxDomains, features } = request.body
      if (typeof tier === 'string' && !deps.knowsTier(tier))
        throw server.httpErrors.unprocessableEntity('The catalog has no such tier.')
      const action = {
        kind: 'limits' as const,
        ...(tier === undefined ? {} : { tier }),
        ...(maxDomains === undefined ? {} : { maxDomains }),
        ...(features === undefined ? {} : { features }),
      }
      const { status, body } = answer(await deps.operate(request.params.id, { action, actor, reason }))
      return reply.status(status).send(body)
    },
  )
}
