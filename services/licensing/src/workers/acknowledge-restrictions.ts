import { keyflowHeaders, type RecordHeaders, type RestrictionApplied } from '@keyflow/contracts'
import type { BatchItem, OutboxEntry } from '@keyflow/runtime'
import type { FactItem, FoldedLedger } from './fold-ledgers.ts'

/**
 * Tells dunning which restriction of its cases holds now, in the transaction that made it so. A repeated or late request is
 * answered too, with the newer one that is in force.
 */
export const acknowledgeRestrictions = (
  items: readonly BatchItem<FactItem>[],
  folded: readonly FoldedLedger[],
  topic: string,
  now: Date,
): readonly OutboxEntry[] => {
  const ledgers = new Map(folded.flatMap((f) => f.causes.map((cause) => [cause, f.ledger])))
  return items.flatMap(({ id, item, record }) =>
    item.facts.flatMap((fact) => {
      if (fact.kind !== 'overlay') return []
      const held = ledgers.get(id)?.facts.overlays[fact.state.id]
      if (held === undefined) return []
      const event: RestrictionApplied = {
        id: `${id}:applied`,
        schemaVersion: 1,
        account: item.scope.account,
        livemode: item.scope.livemode,
        caseId: held.id,
        subscription: held.subscription,
        seq: held.seq,
        level: held.level,
        at: now.toISOString(),
      }
      return [
        { id: event.id, topic, key: record.key, value: JSON.stringify(event), headers: headersOf(event) },
      ]
    }),
  )
}

const headersOf = (event: RestrictionApplied): RecordHeaders =>
  keyflowHeaders({
    id: event.id,
    source: 'keyflow/licensing',
    type: 'license.restriction_applied',
    subject: event.caseId,
    at: event.at,
    scope: event,
  })
