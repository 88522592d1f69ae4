import { Actor, type DunningAction, DunningDelay, Reason } from '@keyflow/contracts'
import { type FastifyInstance, ProblemError, requireBearer } from '@keyflow/runtime'
import { type Static, type TObject, Type } from 'typebox'
import type { OperateCase } from '../workers/operate-case.ts'
import { type CaseInHand, type CasesRouteOptions, onlyCase } from './cases.route.ts'
import { fullCaseView, stepsView } from './plan-view.ts'

export interface CaseOperationsOptions {
  readonly operatorToken: string
  readonly find: CasesRouteOptions['find']
  readonly operate: OperateCase
}

const who = { actor: Type.Optional(Actor), reason: Reason }
const step = { step: Type.String({ minLength: 1, maxLength: 40 }) }
const closed = { additionalProperties: false } as const
const Instant = Type.String({ format: 'date-time' })

const Plain = Type.Object(who, closed)
const Pause = Type.Object(
  { ...who, mode: Type.Optional(Type.Enum(['freeze', 'mute'])), until: Instant },
  closed,
)
const Extend = Type.Object({ ...who, by: DunningDelay }, closed)
const OfStep = Type.Object({ ...who, ...step }, closed)
const Withdraw = Type.Object({ ...who, decision: Type.String({ minLength: 1, maxLength: 200 }) }, closed)

/** A verb of operators: the shape of its body, and what it decides about the case as it is now. */
interface Verb {
  readonly body: TObject
  readonly decide: (body: unknown, found: CaseInHand) => DunningAction
}

/** Bodies were checked against their schema before anything is decided. */
const verb = <B extends TObject>(
  body: B,
  decide: (body: Static<B>, found: CaseInHand) => DunningAction,
): Verb => ({ body, decide: (checked, found) => decide(checked as Static<B>, found) })

const VERBS: Readonly<Record<string, Verb>> = {
  pause: verb(Pause, ({ mode, until }, { now }) => {
    if (Date.parse(until) <= now)
      throw new ProblemError('unprocessable', 'A pause ends in the future, by the clock of the case.')
    return { kind: 'pause', mode: mode === 'mute' ? 'mute' : 'freeze', until: new Date(until).toISOString() }
  }),
  resume: verb(Plain, () => ({ kind: 'resume' })),
  stop: verb(Plain, (_, found) => ({ kind: 'stop', invoices: owedIn(found) })),
  'write-off': verb(Plain, (_, found) => ({ kind: 'write_off', invoices: owedIn(found) })),
  extend: verb(Extend, ({ by }) => ({ kind: 'extend', by })),
  skip: verb(OfStep, ({ step: id }, found) => ({ kind: 'skip', ...stepIn(found, id, false) })),
  'send-now': verb(OfStep, ({ step: id }, found) => ({ kind: 'send_now', ...stepIn(found, id, true) })),
  withdraw: verb(Withdraw, ({ decision }, { row }) => {
    if (!row.record.decisions.some(({ id }) => id === decision))
      throw new ProblemError('unprocessable', 'No such decision was taken about this case.')
    return { kind: 'withdraw', decision }
  }),
}

const owedIn = ({ plan }: CaseInHand): string[] => {
  const invoices = (plan?.standing.owed ?? []).map(({ invoice }) => invoice)
  if (invoices.length === 0) throw new ProblemError('conflict', 'Nothing is owed in this case.')
  return invoices
}

const stepIn = (
  { plan }: CaseInHand,
  id: string,
  mails: boolean,
): { readonly invoice: string; readonly step: string } => {
  const found = plan?.steps.find(({ step }) => step.id === id)
  if (found === undefined)
    throw new ProblemError('unprocessable', 'The timeline of this case has no such step.', {
      steps: (plan?.steps ?? []).map(({ step }) => step.id),
    })
  if (mails && found.email === null) throw new ProblemError('unprocessable', 'This step sends no mail.')
  return { invoice: found.invoice, step: id }
}

type Request = {
  Params: { id: string }
  Body: { readonly actor?: string; readonly reason: string }
  Headers: { 'idempotency-key'?: string }
}

/**
 * `POST /api/v1/cases/:id/<verb>`: decisions, each with actor and reason. They go through the log, hold whatever Stripe reports
 * later, and can be withdrawn. The answer shows the plan before and after.
 */
export const caseOperationsRoute = (server: FastifyInstance, options: CaseOperationsOptions): void => {
  const onRequest = requireBearer(options.operatorToken)
  for (const [name, { body, decide }] of Object.entries(VERBS))
    server.post<Request>(
      `/api/v1/cases/:id/${name}`,
      { onRequest, schema: { body } },
      async (request, reply) => {
        const before = await onlyCase(options.find, request.params.id)
        const { actor = 'operator', reason } = request.body
        const operated = await options.operate(before.row, before.now, {
          action: decide(request.body, before),
          actor,
          reason,
          idempotencyKey: request.headers['idempotency-key'],
        })
        if (operated.row === null) return reply.status(202).send({ decision: operated.id, accepted: true })
        const after = await onlyCase(options.find, before.row._id)
        return {
          decision: operated.id,
          before: stepsView(before.plan),
          after: stepsView(after.plan),
          case: fullCaseView(after.row, after.plan, after.now),
        }
      },
    )
}
