import { LicenseResponse } from '@keyflow/contracts'
import { type FastifyInstance, ProblemError } from '@keyflow/runtime'
import { Type } from 'typebox'
import { sees } from '../domain/api-key.ts'
import type { License } from '../domain/license.ts'
import { type Authorize, principalOf } from './authorize.ts'
import type { FindLicense } from './find-license.ts'
import { toResponse } from './license-view.ts'
import { etagOf } from './preconditions.ts'
import { routeSchema } from './route-schema.ts'

export interface LicenseRouteDeps {
  readonly find: FindLicense
  /** The license as it was at an instant. */
  readonly findAt: (id: string, at: Date) => Promise<License | null>
  readonly authorize: Authorize
  readonly clock: () => Date
}

/** `GET /api/v1/licenses/:id`, for the seller; `?at=` answers for a past instant. */
export const licenseRoute = (server: FastifyInstance, deps: LicenseRouteDeps): void => {
  const scope = 'licenses:read'
  server.get<{ Params: { id: string }; Querystring: { at?: string } }>(
    '/api/v1/licenses/:id',
    {
      onRequest: deps.authorize(scope),
      schema: routeSchema({
        id: 'getLicense',
        summary: 'A license as it is now, or as it was at an instant',
        tag: 'Licenses',
        scope,
        params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
        query: Type.Object(
          { at: Type.Optional(Type.String({ format: 'date-time' })) },
          { additionalProperties: false },
        ),
        answers: { 200: LicenseResponse },
        problems: ['license-not-found'],
      }),
    },
    async (request, reply) => {
      const { params, query } = request
      const principal = principalOf(request)
      if (query.at === undefined) {
        const license = await deps.find(params.id, principal)
        reply.header('etag', etagOf(license))
        return toResponse(license, seconds(deps.clock()))
      }
      const at = new Date(query.at)
      const license = await deps.findAt(params.id, at)
      if (license === null || !sees(principal, license.scope.livemode))
        throw new ProblemError('license-not-found', 'The license was not known at that time.')
      return toResponse(license, seconds(at))
    },
  )
}

const seconds = (date: Date): number => Math.floor(date.getTime() / 1000)
