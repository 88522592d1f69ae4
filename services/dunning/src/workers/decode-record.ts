import { readStripeRecord } from '@keyflow/contracts'
import type { Decoded, IncomingRecord } from '@keyflow/runtime'
import { type CaseFacts, caseFactsIn } from '../domain/case-facts.ts'

/** Record of Stripe's topics -> facts that cases depend on. Total: an odd record becomes a dead letter, never an exception. */
export const decodeRecord = (record: IncomingRecord): Decoded<readonly CaseFacts[]> => {
  const read = readStripeRecord(record)
  if (!read.ok) return { kind: 'dead', code: read.problem.code, reason: read.problem.detail }
  const item = caseFactsIn(read.facts)
  return item.length === 0
    ? { kind: 'ignored', eventType: read.type }
    : { kind: 'item', id: read.eventId, eventType: read.type, item }
}
