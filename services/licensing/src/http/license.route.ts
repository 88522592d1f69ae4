import { LicenseResponse } from '@keyflow/contracts'
import { type FastifyInstance, requireBearer } from '@keyflow/runtime'
import { Type } from 'typebox'
import type { License } from '../domain/license.ts'
import { toResponse } from './license-view.ts'

export interface LicenseRouteDeps {
  readonly findById: (id: string) => Promise<License | null>
  readonly operatorToken: string
  readonly clock: () => Date
}

/** `GET /api/v1/licenses/:id`, for the seller. */
export const licenseRoute = (server: FastifyInstance, deps: LicenseRouteDeps): void => {
  server.get<{ Params: { id: string } }>(
    '/api/v1/licenses/:id',
    {
      onRequest: requireBearer(deps.operatorToken),
      schema: {
        params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
        response: { 200: LicenseResponse },
      },
    },
    async (request) => {
      const license = await deps.findById(request.params.id)
      if (license === null) throw server.httpErrors.notFound('No license has this id.')
      return toResponse(license, Math.floor(deps.clock().getTime() / 1000))
    },
  )
}
