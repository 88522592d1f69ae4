import type { Question } from '@keyflow/client/protocol'
import { ValidateRequest, ValidateResponse } from '@keyflow/contracts'
import { type FastifyInstance, ProblemError } from '@keyflow/runtime'
import type { ValidateLicense } from '../workers/validate-license.ts'
import { routeSchema } from './route-schema.ts'
import { toValidateResponse } from './validate-view.ts'

export interface ValidateRouteDeps {
  readonly validate: ValidateLicense
}

/**
 * `POST /api/v1/licenses/validate`: always 200 with a verdict; transport results (429, 5xx) are never verdicts. The key
 * is the secret, so no API key is needed.
 */
export const validateRoute = (server: FastifyInstance, deps: ValidateRouteDeps): void => {
  server.post<{ Body: ValidateRequest }>(
    '/api/v1/licenses/validate',
    {
      schema: routeSchema({
        id: 'validateLicense',
        summary: 'May this run? Always 200 with a verdict; 429 and 503 are no verdicts',
        tag: 'Validation',
        body: ValidateRequest,
        answers: { 200: ValidateResponse },
        problems: ['rate-limited', 'quota-used-up'],
      }),
    },
    async (request, reply): Promise<ValidateResponse> => {
      const { body } = request
      const answer = await deps.validate(body.key, toQuestion(body), {
        address: request.ip,
        nonce: body.nonce ?? null,
        lease: body.lease === true,
      })
      if (answer.kind === 'verdict') return toValidateResponse(body, answer)
      reply.header('retry-after', String(answer.retryAfterSeconds))
      if (answer.kind === 'limited')
        throw new ProblemError('rate-limited', 'This is asked too often: wait as long as Retry-After says.')
      const { limit, used, resetsAt } = answer.quota
      throw new ProblemError('quota-used-up', 'The validations of this month are used up.', {
        quota: { limit, used, resets_at: resetsAt.toISOString() },
      })
    },
  )
}

const toQuestion = (body: ValidateRequest): Question => ({
  productId: body.product_id,
  livemode: body.environment === undefined ? undefined : body.environment === 'live',
  domain: body.domain,
  fingerprint: body.fingerprint,
  entitlements: body.entitlements,
  releasedAt: body.released_at === undefined ? undefined : Math.floor(Date.parse(body.released_at) / 1000),
})
