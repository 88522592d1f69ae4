import {
  AcceptedResponse,
  CreatedLicenseResponse,
  CreateLicenseRequest,
  PLATFORM_ACCOUNT,
  type Scope,
} from '@keyflow/contracts'
import { type FastifyInstance, ProblemError } from '@keyflow/runtime'
import { type Principal, sees } from '../domain/api-key.ts'
import type { Created } from '../workers/create-license.ts'
import { type Authorize, principalOf } from './authorize.ts'
import type { Idempotency } from './idempotency.ts'
import { toResponse } from './license-view.ts'
import { accepted } from './operations.route.ts'
import { etagOf } from './preconditions.ts'
import { routeSchema } from './route-schema.ts'

export interface CreateLicenseRouteDeps {
  readonly create: (
    wish: CreateLicenseRequest,
    scope: Scope,
    by: { readonly operationId: string; readonly actor: string },
  ) => Promise<Created>
  readonly keyOf: (licenseId: string, keyVersion: number) => string
  readonly authorize: Authorize
  readonly idempotency: Idempotency
  readonly clock: () => Date
}

/** `POST /api/v1/licenses`: the answer shows the key, and the customer gets it by mail. */
export const createLicenseRoute = (server: FastifyInstance, deps: CreateLicenseRouteDeps): void => {
  const scope = 'licenses:write'
  server.post<{ Body: CreateLicenseRequest }>(
    '/api/v1/licenses',
    {
      onRequest: deps.authorize(scope),
      ...deps.idempotency.hooks,
      schema: routeSchema({
        id: 'createLicense',
        summary: 'Give a license, or bring one along from another system',
        tag: 'Licenses',
        scope,
        body: CreateLicenseRequest,
        answers: { 201: CreatedLicenseResponse, 202: AcceptedResponse },
        problems: ['unknown-tier', 'unprocessable', 'key-in-use'],
        writes: 'plain',
      }),
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const operationId = deps.idempotency.operationIdOf(request)
      const by = { operationId, actor: request.body.actor ?? principal.id }
      const { licenseId, operated } = await deps.create(request.body, scopeFor(request.body, principal), by)
      if (operated.kind === 'accepted') return accepted(reply, licenseId)
      const { license } = operated
      return reply
        .status(201)
        .headers({ location: `/api/v1/licenses/${license.id}`, etag: etagOf(license) })
        .send({
          ...toResponse(license, Math.floor(deps.clock().getTime() / 1000)),
          ...(request.body.key === undefined ? { key: deps.keyOf(license.id, license.keyVersion) } : {}),
        })
    },
  )
}

const scopeFor = ({ livemode }: CreateLicenseRequest, principal: Principal): Scope => {
  const mode = livemode ?? principal.mode !== 'test'
  if (!sees(principal, mode))
    throw new ProblemError('unprocessable', `An API key of ${principal.mode} mode makes no others.`)
  return { account: PLATFORM_ACCOUNT, livemode: mode }
}
