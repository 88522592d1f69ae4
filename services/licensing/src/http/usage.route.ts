import { UsageResponse } from '@keyflow/contracts'
import type { FastifyInstance } from '@keyflow/runtime'
import { Type } from 'typebox'
import type { Usage } from '../adapters/mongo-usage.ts'
import { type Authorize, principalOf } from './authorize.ts'
import type { FindLicense } from './find-license.ts'
import { routeSchema } from './route-schema.ts'

export interface UsageRouteDeps {
  readonly find: FindLicense
  readonly list: (licenseId: string, months: number) => Promise<readonly Usage[]>
  readonly authorize: Authorize
}

const MONTHS = 24

/** `GET /api/v1/licenses/:id/usage`: how often a license was validated, a second behind. */
export const usageRoute = (server: FastifyInstance, deps: UsageRouteDeps): void => {
  const scope = 'licenses:read'
  server.get<{ Params: { id: string } }>(
    '/api/v1/licenses/:id/usage',
    {
      onRequest: deps.authorize(scope),
      schema: routeSchema({
        id: 'getLicenseUsage',
        summary: 'Validations of a license, by calendar month (UTC)',
        tag: 'Validation',
        scope,
        params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
        answers: { 200: UsageResponse },
        problems: ['license-not-found'],
      }),
    },
    async (request): Promise<UsageResponse> => {
      const license = await deps.find(request.params.id, principalOf(request))
      const months = await deps.list(license.id, MONTHS)
      return {
        months: months.map(({ month, validations, lastAt }) => ({
          month,
          validations,
          last_validated_at: lastAt.toISOString(),
        })),
      }
    },
  )
}
