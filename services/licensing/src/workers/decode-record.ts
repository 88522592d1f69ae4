import { readStripeRecord } from '@keyflow/contracts'
import type { Decoded, IncomingRecord } from '@keyflow/runtime'
import { isOfInterest } from '../domain/merge-facts.ts'
import type { FactItem } from './fold-ledgers.ts'

/** Record of Stripe's topics -> facts that licenses depend on. Total: an odd record becomes a dead letter, never an exception. */
export const decodeRecord = (record: IncomingRecord): Decoded<FactItem> => {
  const read = readStripeRecord(record)
  if (!read.ok) return { kind: 'dead', code: read.problem.code, reason: read.problem.detail }
  const facts = read.facts.filter(isOfInterest)
  const [first] = facts
  if (first === undefined) return { kind: 'ignored', eventType: read.type }
  return {
    kind: 'item',
    id: read.eventId,
    eventType: read.type,
    item: { scope: first.observed.scope, facts },
  }
}
