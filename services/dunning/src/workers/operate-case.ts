import { createHash } from 'node:crypto'
import {
  type DunningAction,
  type DunningOperation,
  keyflowHeaders,
  type RecordHeaders,
} from '@keyflow/contracts'
import { pollFor, type RecordPublisher, type Store } from '@keyflow/runtime'
import { type CaseRow, customerKeyOf, findCase } from '../adapters/case-store.ts'

export interface OperateCaseDeps {
  readonly store: Store
  readonly publisher: RecordPublisher
  readonly topic: string
  readonly newId: () => string
}

export interface CaseDecision {
  readonly action: DunningAction
  readonly actor: string
  readonly reason: string
  /** The same key for the same case is the same decision, however often it is sent. */
  readonly idempotencyKey: string | undefined
}

/** `row` as it is once the decision was folded; null = in the log, and not folded yet. */
export interface OperatedCase {
  readonly id: string
  readonly row: CaseRow | null
}

const UNTIL_FOLDED = { withinMs: 5000, everyMs: 20 }

/** Appends a decision to the log and waits until it has been folded: there is no second way to write. */
export const createOperateCase =
  (deps: OperateCaseDeps) =>
  async ({ record }: CaseRow, now: number, decision: CaseDecision): Promise<OperatedCase> => {
    const { action, actor, reason } = decision
    const { scope, subscription, id: caseId } = record.facts
    const operation: DunningOperation = {
      id: idOf(caseId, decision, deps.newId),
      at: new Date(now).toISOString(),
      account: scope.account,
      livemode: scope.livemode,
      subscription,
      action,
      actor,
      reason,
    }
    await deps.publisher.publish({
      topic: deps.topic,
      key: customerKeyOf(record),
      value: JSON.stringify(operation),
      headers: headersOf(operation),
    })
    const folded = async () => {
      const row = await findCase(deps.store, caseId)
      return row?.record.decisions.some(({ id }) => id === operation.id) ? row : undefined
    }
    return { id: operation.id, row: (await pollFor(folded, UNTIL_FOLDED)) ?? null }
  }
export type OperateCase = ReturnType<typeof createOperateCase>

const idOf = (caseId: string, { idempotencyKey }: CaseDecision, newId: () => string): string =>
  idempotencyKey === undefined
    ? `op_${newId()}`
    : `op_${createHash('sha256').update(`${caseId}\n${idempotencyKey}`).digest('hex').slice(0, 32)}`

const headersOf = (operation: DunningOperation): RecordHeaders =>
  keyflowHeaders({
    id: operation.id,
    source: 'keyflow/dunning/api',
    type: `dunning.operation.${operation.action.kind}`,
    subject: operation.subscription,
    at: operation.at,
    scope: operation,
  })
