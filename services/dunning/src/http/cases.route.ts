import { type FastifyInstance, requireBearer } from '@keyflow/runtime'
import type { CaseRow } from '../adapters/case-store.ts'
import { CASE_STATUSES, type CaseStatus } from '../domain/standing.ts'
import { caseView } from './case-view.ts'

export interface CasesRouteOptions {
  readonly operatorToken: string
  readonly list: (status: CaseStatus | undefined, limit: number) => Promise<readonly CaseRow[]>
  readonly find: (subscription: string) => Promise<readonly CaseRow[]>
}

const QUERY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    status: { enum: [...CASE_STATUSES] },
    limit: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
  },
} as const

/** `GET /api/v1/cases[/:subscription]`, for operators. A subscription's id may live in several accounts or modes. */
export const casesRoute = (server: FastifyInstance, options: CasesRouteOptions): void => {
  const onRequest = requireBearer(options.operatorToken)
  server.get<{ Querystring: { status?: CaseStatus; limit: number } }>(
    '/api/v1/cases',
    { onRequest, schema: { querystring: QUERY } },
    async ({ query }) => ({ data: (await options.list(query.status, query.limit)).map(caseView) }),
  )
  server.get<{ Params: { subscription: string } }>(
    '/api/v1/cases/:subscription',
    { onRequest },
    async ({ params }, reply) => {
      const found = await options.find(params.subscription)
      if (found.length === 0) throw reply.notFound('No payment of this subscription has failed.')
      return { data: found.map(caseView) }
    },
  )
}
