import { type FastifyInstance, ProblemError, requireBearer } from '@keyflow/runtime'
import { type Static, Type } from 'typebox'
import type { CaseFilter, CasePage, CaseRow } from '../adapters/case-store.ts'
import { fileOf, type Surroundings } from '../domain/case-record.ts'
import { explainCase } from '../domain/explain-case.ts'
import type { Plan } from '../domain/plan.ts'
import { CASE_STATUSES } from '../domain/standing.ts'
import { caseView } from './case-view.ts'
import { fullCaseView } from './plan-view.ts'

/** A case with the plan that holds for it at this moment. */
export interface CaseInHand {
  readonly row: CaseRow
  readonly around: Surroundings
  readonly plan: Plan | null
  /** Unix milliseconds by its clock. */
  readonly now: number
}

export interface CasesRouteOptions {
  readonly operatorToken: string
  readonly list: (filter: CaseFilter, cursor: string | undefined, limit: number) => Promise<CasePage>
  /** By the id of a case or of its subscription. */
  readonly find: (id: string) => Promise<readonly CaseInHand[]>
}

const Query = Type.Object(
  {
    status: Type.Optional(Type.Enum([...CASE_STATUSES])),
    level: Type.Optional(Type.Enum(['none', 'downgraded', 'suspended'])),
    policy: Type.Optional(Type.String({ maxLength: 40 })),
    customer: Type.Optional(Type.String({ maxLength: 100 })),
    mode: Type.Optional(Type.Enum(['live', 'test'])),
    cursor: Type.Optional(Type.String({ maxLength: 400 })),
    limit: Type.Optional(Type.String({ pattern: '^([1-9]\\d?|1\\d\\d|200)$' })),
  },
  { additionalProperties: false },
)

/** The one case that an id names; 404 when there is none, 409 when a subscription's id lives in several accounts or modes. */
export const onlyCase = async (find: CasesRouteOptions['find'], id: string): Promise<CaseInHand> => {
  const found = await find(id)
  const [first] = found
  if (first === undefined) throw new ProblemError('not-found', 'No payment of this subscription has failed.')
  if (found.length > 1)
    throw new ProblemError(
      'conflict',
      'Several accounts or modes know this subscription: give the id of the case.',
      {
        cases: found.map(({ row }) => row._id),
      },
    )
  return first
}

type OfCase = { Params: { id: string } }

/** What operators see of cases: lists with filters, one case whole, and why it is as it is. */
export const casesRoute = (server: FastifyInstance, options: CasesRouteOptions): void => {
  const onRequest = requireBearer(options.operatorToken)
  server.get<{ Querystring: Static<typeof Query> }>(
    '/api/v1/cases',
    { onRequest, schema: { querystring: Query } },
    async ({ query }) => {
      const { cursor, limit = '50', mode, ...filter } = query
      const page = await options.list(
        { ...filter, ...(mode === undefined ? {} : { livemode: mode === 'live' }) },
        cursor,
        Number(limit),
      )
      return { data: page.rows.map(caseView), next_cursor: page.nextCursor }
    },
  )
  server.get<OfCase>('/api/v1/cases/:id', { onRequest }, async ({ params }) => {
    const found = await options.find(params.id)
    if (found.length === 0) throw new ProblemError('not-found', 'No payment of this subscription has failed.')
    return { data: found.map(({ row, plan, now }) => fullCaseView(row, plan, now)) }
  })
  server.get<OfCase>('/api/v1/cases/:id/explain', { onRequest }, async ({ params }) => {
    const { row, plan, around, now } = await onlyCase(options.find, params.id)
    if (plan === null) throw new ProblemError('not-found', 'No payment of this subscription has failed.')
    const { why, next, stoppedBy } = explainCase(fileOf(row.record, around), plan)
    return {
      id: row._id,
      now: new Date(now).toISOString(),
      status: plan.status,
      level: plan.level,
      policy: row.record.pinned?.id ?? null,
      why,
      next: next === null ? null : { ...next, at: new Date(next.at).toISOString() },
      stopped_by: stoppedBy,
      case: fullCaseView(row, plan, now),
    }
  })
}
