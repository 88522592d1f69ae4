import { ValidateRequest, ValidateResponse } from '@keyflow/contracts'
import type { FastifyInstance } from '@keyflow/runtime'
import type { License } from '../domain/license.ts'
import { judge } from '../domain/verdict.ts'
import { toDetails } from './license-view.ts'

export interface ValidateDeps {
  readonly findByTypedKey: (typed: string) => Promise<License | null>
  readonly clock: () => Date
  readonly onVerdict: (valid: boolean) => void
}

/**
 * `POST /api/v1/licenses/validate`: always 200 with a verdict; transport results (429, 5xx) are never verdicts. The key
 * is the secret, so no API key is needed.
 */
export const validateRoute = (server: FastifyInstance, deps: ValidateDeps): void => {
  server.post<{ Body: ValidateRequest }>(
    '/api/v1/licenses/validate',
    { schema: { body: ValidateRequest, response: { 200: ValidateResponse } } },
    async (request): Promise<ValidateResponse> => {
      const now = deps.clock()
      const at = Math.floor(now.getTime() / 1000)
      const license = await deps.findByTypedKey(request.body.key)
      const verdict = judge(license, { productId: request.body.product_id }, at)
      deps.onVerdict(verdict.valid)
      return {
        valid: verdict.valid,
        code: verdict.code,
        detail: verdict.detail,
        reason: license?.reason ?? null,
        warnings: [...verdict.warnings],
        license: license === null ? null : toDetails(license, at),
        license_version: license?.version ?? null,
        nonce: request.body.nonce ?? null,
        ts: now.toISOString(),
      }
    },
  )
}
