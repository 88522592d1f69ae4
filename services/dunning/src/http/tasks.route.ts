import { type FastifyInstance, ProblemError, requireBearer } from '@keyflow/runtime'
import { type Static, Type } from 'typebox'
import type { TaskDone, TaskFilter, TaskPage, TaskRow } from '../adapters/task-store.ts'

export interface TasksRouteOptions {
  readonly operatorToken: string
  readonly list: (filter: TaskFilter, cursor: string | undefined, limit: number) => Promise<TaskPage>
  /** Null = there is no such task. */
  readonly finish: (id: string, done: TaskDone) => Promise<TaskRow | null>
}

const Query = Type.Object(
  {
    state: Type.Optional(Type.Enum(['open', 'closed'])),
    case: Type.Optional(Type.String({ maxLength: 200 })),
    cursor: Type.Optional(Type.String({ maxLength: 400 })),
    limit: Type.Optional(Type.String({ pattern: '^([1-9]\\d?|1\\d\\d|200)$' })),
  },
  { additionalProperties: false },
)

const Done = Type.Object(
  {
    actor: Type.String({ minLength: 1, maxLength: 200 }),
    reason: Type.String({ minLength: 1, maxLength: 1000 }),
  },
  { additionalProperties: false },
)

const taskView = ({ _id, case: caseId, kind, title, openedAt, closedAt, closedBy }: TaskRow) => ({
  id: _id,
  case: caseId,
  kind,
  title,
  opened_at: openedAt.toISOString(),
  closed_at: closedAt?.toISOString() ?? null,
  closed_by: closedBy ?? null,
})

/** `GET /api/v1/tasks`, `POST /api/v1/tasks/:id/done`: what waits for a person, oldest first. */
export const tasksRoute = (server: FastifyInstance, options: TasksRouteOptions): void => {
  const onRequest = requireBearer(options.operatorToken)
  server.get<{ Querystring: Static<typeof Query> }>(
    '/api/v1/tasks',
    { onRequest, schema: { querystring: Query } },
    async ({ query: { state = 'open', case: caseId, cursor, limit = '50' } }) => {
      const filter = { isOpen: state === 'open', ...(caseId === undefined ? {} : { caseId }) }
      const page = await options.list(filter, cursor, Number(limit))
      return { data: page.rows.map(taskView), next_cursor: page.nextCursor }
    },
  )
  server.post<{ Params: { id: string }; Body: Static<typeof Done> }>(
    '/api/v1/tasks/:id/done',
    { onRequest, schema: { body: Done } },
    async ({ params, body }) => {
      const task = await options.finish(params.id, body)
      if (task === null) throw new ProblemError('not-found', 'No task has this id.')
      return taskView(task)
    },
  )
}
