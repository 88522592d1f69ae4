import { LicenseResponse } from '@keyflow/contracts'
import { type FastifyInstance, requireBearer } from '@keyflow/runtime'
import { Type } from 'typebox'
import type { License } from '../domain/license.ts'
import { toResponse } from './license-view.ts'

export interface LicenseRouteDeps {
  readonly findById: (id: string) => Promise<License | null>
  /** The license as it was at an instant. */
  readonly findAt: (id: string, at: Date) => Promise<License | null>
  readonly operatorToken: string
  readonly clock: () => Date
}

/** `GET /api/v1/licenses/:id`, for the seller; `?at=` answers for a past instant. */
export const licenseRoute = (server: FastifyInstance, deps: LicenseRouteDeps): void => {
  server.get<{ Params: { id: string }; Querystring: { at?: string } }>(
    '/api/v1/licenses/:id',
    {
      onRequest: requireBearer(deps.operatorToken),
      schema: {
        params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
        querystring: Type.Object({ at: Type.Optional(Type.String({ format: 'date-time' })) }),
        response: { 200: LicenseResponse },
      },
    },
    async (request) => {
      const { at } = request.query
      const license = await (at === undefined
        ? deps.findById(request.params.id)
        : deps.findAt(request.params.id, new Date(at)))
      if (license === null) throw server.httpErrors.notFound('No license has this id.')
      const asOf = at === undefined ? deps.clock() : new Date(at)
      return toResponse(license, Math.floor(asOf.getTime() / 1000))
    },
  )
}
