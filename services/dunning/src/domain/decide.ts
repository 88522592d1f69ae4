import type { DunningAction, DunningOperation } from '@keyflow/contracts'
import type { IsoDuration } from './calendar.ts'
import { noFacts } from './case-facts.ts'
import { type CaseRecord, newRecord } from './case-record.ts'
import { type Decision, type DecisionAction, mergeDecisions } from './decision.ts'

/** What was decided, as plans read it. */
export const decisionOf = ({ id, at, actor, reason, action }: DunningOperation): Decision => ({
  id,
  at: Date.parse(at),
  actor,
  reason,
  action: actionOf(action),
})

const actionOf = (action: DunningAction): DecisionAction => {
  if (action.kind === 'pause') return { ...action, until: Date.parse(action.until) }
  if (action.kind === 'extend') return { kind: 'extend', by: action.by as IsoDuration }
  return action
}

/** Folds a decision in; undefined when it is known. It may come before anything that it is about: a replay has no order. */
export const foldDecision = (
  known: CaseRecord | undefined,
  operation: DunningOperation,
): CaseRecord | undefined => {
  const { account, livemode, subscription } = operation
  const record = known ?? newRecord(noFacts({ account, livemode }, subscription))
  const decisions = mergeDecisions(record.decisions, [decisionOf(operation)])
  return decisions === record.decisions ? undefined : { ...record, decisions }
}
