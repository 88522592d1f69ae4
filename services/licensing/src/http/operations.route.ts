import { LicenseResponse, OperateLicenseRequest, PatchLicenseRequest } from '@keyflow/contracts'
import { type FastifyInstance, ProblemError } from '@keyflow/runtime'
import { Type } from 'typebox'
import type { Decision, Operated } from '../workers/operate-license.ts'
import { type Authorize, principalOf } from './authorize.ts'
import type { FindLicense } from './find-license.ts'
import { toResponse } from './license-view.ts'
import { routeSchema } from './route-schema.ts'

const Params = Type.Object({ id: Type.String({ format: 'uuid' }) })
const answers = { 200: LicenseResponse, 202: Type.Object({ accepted: Type.Boolean() }) }

export interface OperationsRouteDeps {
  readonly find: FindLicense
  readonly operate: (licenseId: string, decision: Decision) => Promise<Operated>
  readonly knowsTier: (tier: string) => boolean
  readonly authorize: Authorize
  readonly clock: () => Date
}

const VERBS = {
  suspend: 'Put a license on hold',
  reinstate: "Lift an operator's hold; what billing says holds again",
  revoke: 'Revoke a license for ever',
} as const

/** The operator's verbs: `suspend` and `reinstate` pair up, `revoke` is final, `PATCH` overrides limits. */
export const operationsRoute = (server: FastifyInstance, deps: OperationsRouteDeps): void => {
  const scope = 'licenses:write'
  const onRequest = deps.authorize(scope)
  const answer = (operated: Operated) => {
    if (operated.kind === 'not_found') throw new ProblemError('license-not-found', 'No license has this id.')
    return operated.kind === 'accepted'
      ? { status: 202 as const, body: { accepted: true } }
      : {
          status: 200 as const,
          body: toResponse(operated.license, Math.floor(deps.clock().getTime() / 1000)),
        }
  }
  for (const kind of ['suspend', 'reinstate', 'revoke'] as const)
    server.post<{ Params: { id: string }; Body: OperateLicenseRequest }>(
      `/api/v1/licenses/:id/${kind}`,
      {
        onRequest,
        schema: routeSchema({
          id: `${kind}License`,
          summary: VERBS[kind],
          tag: 'Licenses',
          scope,
          params: Params,
          body: OperateLicenseRequest,
          answers,
          problems: ['license-not-found'],
        }),
      },
      async (request, reply) => {
        const principal = principalOf(request)
        const license = await deps.find(request.params.id, principal)
        const { actor = principal.id, reason } = request.body
        const { status, body } = answer(await deps.operate(license.id, { actor, reason, action: { kind } }))
        return reply.status(status).send(body)
      },
    )
  server.patch<{ Params: { id: string }; Body: PatchLicenseRequest }>(
    '/api/v1/licenses/:id',
    {
      onRequest,
      schema: routeSchema({
        id: 'updateLicense',
        summary: 'Override what the catalog grants; null goes back to the catalog',
        tag: 'Licenses',
        scope,
        params: Params,
        body: PatchLicenseRequest,
        answers,
        problems: ['license-not-found', 'unknown-tier'],
      }),
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const license = await deps.find(request.params.id, principal)
      const { tier, max_domains: maxDomains, features } = request.body
      const { actor = principal.id, reason = 'changed by the API' } = request.body
      if (typeof tier === 'string' && !deps.knowsTier(tier)) throw new ProblemError('unknown-tier')
      const action = {
        kind: 'limits' as const,
        ...(tier === undefined ? {} : { tier }),
        ...(maxDomains === undefined ? {} : { maxDomains }),
        ...(features === undefined ? {} : { features }),
      }
      const { status, body } = answer(await deps.operate(license.id, { action, actor, reason }))
      return reply.status(status).send(body)
    },
  )
}
