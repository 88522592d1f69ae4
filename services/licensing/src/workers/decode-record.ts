import {
  ActivationRecord,
  DunningEvent,
  type Fact,
  LicenseOperation,
  ReviewDismissal,
  readStripeRecord,
  TOPICS,
} from '@keyflow/contracts'
import { type Decoded, type IncomingRecord, jsonOf, WRONG_SHAPE } from '@keyflow/runtime'
import { Compile } from 'typebox/compile'
import type { ClockMove } from '../adapters/mongo-clocks.ts'
import type { LedgerFact, OverlayState } from '../domain/ledger-fact.ts'
import { isOfInterest } from '../domain/merge-facts.ts'
import { withoutContact, withoutPersonalData } from '../domain/without-personal-data.ts'
import type { FactItem } from './fold-ledgers.ts'

const activationRecord = Compile(ActivationRecord)
const dunningEvent = Compile(DunningEvent)
const licenseOperation = Compile(LicenseOperation)
const reviewDismissal = Compile(ReviewDismissal)

/** Record of any topic -> facts that licenses depend on. Total: an odd record becomes a dead letter, never an exception. */
export const decodeRecord = (record: IncomingRecord): Decoded<FactItem> => {
  if (record.topic.endsWith(TOPICS.dunningEvents.name)) return decodeDunning(record)
  if (record.topic.endsWith(TOPICS.licenseOperations.name)) return decodeOperation(record)
  if (record.topic.endsWith(TOPICS.licenseActivations.name)) return decodeActivation(record)
  const read = readStripeRecord(record)
  if (!read.ok) return { kind: 'dead', code: read.problem.code, reason: read.problem.detail }
  const facts = read.facts.filter(isOfInterest).map(withoutPersonalData)
  const clock = clockIn(read.facts)
  if (clock !== undefined)
    return {
      kind: 'item',
      id: read.eventId,
      eventType: read.type,
      item: { scope: clock.scope, facts: [], clock },
    }
  const [first] = facts
  if (first === undefined)
    return { kind: 'ignored', eventType: read.type, ...(read.handled ? { id: read.eventId } : {}) }
  return {
    kind: 'item',
    id: read.eventId,
    eventType: read.type,
    item: { scope: first.observed.scope, facts },
  }
}

/** Events of test clocks speak of nothing else. */
const clockIn = (facts: readonly Fact[]): ClockMove | undefined => {
  for (const { kind, observed, state } of facts)
    if (kind === 'test_clock') return { scope: observed.scope, clock: state.id, at: state.frozenTime }
  return undefined
}

const decodeDunning = (record: IncomingRecord): Decoded<FactItem> => {
  const event = jsonOf(record)
  if (!dunningEvent.Check(event)) return WRONG_SHAPE
  const { caseId: id, seq, subscription, restriction, billing: says } = event
  if (restriction === undefined && says === undefined) return { kind: 'ignored', eventType: event.type }
  const scope = { account: event.account, livemode: event.livemode }
  const state: OverlayState = {
    id,
    seq,
    subscription,
    ...(restriction ?? { level: 'none', tier: null }),
    ...(says === undefined ? {} : { notice: { seq, says } }),
  }
  return itemOf(event.id, event.type, { kind: 'overlay', scope, state })
}

const decodeOperation = (record: IncomingRecord): Decoded<FactItem> => {
  const operation = jsonOf(record)
  if (reviewDismissal.Check(operation)) return decodeDismissal(operation)
  const at = licenseOperation.Check(operation) ? Date.parse(operation.at) : Number.NaN
  if (!licenseOperation.Check(operation) || Number.isNaN(at)) return WRONG_SHAPE
  const { id, licenseId, ref, action, actor, reason } = operation
  const scope = { account: operation.account, livemode: operation.livemode }
  const state = { id, at, license: licenseId, ref, action: withoutContact(action), actor, reason }
  return itemOf(id, `license.operation.${action.kind}`, { kind: 'operation', scope, state })
}

const decodeDismissal = (dismissal: ReviewDismissal): Decoded<FactItem> => {
  const at = Date.parse(dismissal.at)
  if (Number.isNaN(at)) return WRONG_SHAPE
  const { id, reviewId, ref, actor, reason, account, livemode } = dismissal
  const state = { id, at, review: reviewId, ref, actor, reason }
  return itemOf(id, 'review.dismissed', { kind: 'dismissal', scope: { account, livemode }, state })
}

const decodeActivation = (record: IncomingRecord): Decoded<FactItem> => {
  const activation = jsonOf(record)
  if (!activationRecord.Check(activation) || Number.isNaN(Date.parse(activation.at))) return WRONG_SHAPE
  const scope = { account: activation.account, livemode: activation.livemode }
  const eventType = activation.active ? 'license.activated' : 'license.deactivated'
  return { kind: 'item', id: activation.id, eventType, item: { scope, facts: [], activation } }
}

const itemOf = (
  id: string,
  eventType: string,
  fact: Extract<LedgerFact, { scope: unknown }>,
): Decoded<FactItem> => ({
  kind: 'item',
  id,
  eventType,
  item: { scope: fact.scope, facts: [fact] },
})
