import { PLATFORM_ACCOUNT } from '@keyflow/contracts'
import { type FastifyInstance, requireBearer } from '@keyflow/runtime'
import type { ErasureRequest, ErasureResult } from '../workers/erase-person.ts'

export interface ErasuresRouteOptions {
  readonly operatorToken: string
  readonly erase: (request: ErasureRequest, dryRun: boolean) => Promise<ErasureResult>
}

const BODY = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'livemode', 'actor', 'reason'],
  properties: {
    id: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[A-Za-z0-9_-]+$' },
    account: { type: 'string', minLength: 1, maxLength: 255, default: PLATFORM_ACCOUNT },
    livemode: { type: 'boolean' },
    actor: { type: 'string', minLength: 1, maxLength: 200 },
    reason: { type: 'string', minLength: 1, maxLength: 1000 },
    dry_run: { type: 'boolean', default: false },
  },
} as const

/** `POST /api/v1/erasures`: makes a person nobody, in every service and for good. */
export const erasuresRoute = (server: FastifyInstance, options: ErasuresRouteOptions): void => {
  server.post<{ Body: ErasureRequest & { readonly dry_run: boolean } }>(
    '/api/v1/erasures',
    { onRequest: requireBearer(options.operatorToken), schema: { body: BODY } },
    async ({ body: { dry_run, ...request } }, reply) => {
      const { erasureId, ...result } = await options.erase(request, dry_run)
      return reply.status(result.state === 'accepted' ? 202 : 200).send({ erasure_id: erasureId, ...result })
    },
  )
}
