import { FROM_EVENTS_API, HEADER, SNAPSHOT_TYPE_PREFIX } from '@keyflow/contracts'
import { type Applied, type BatchItem, originOf, type Transaction } from '@keyflow/runtime'
import { moveClocks } from '../adapters/mongo-clocks.ts'
import { insertLedgerEvents, moveLedgerEvents } from '../adapters/mongo-ledger-events.ts'
import { findLedgers, findLinks, writeLedgers } from '../adapters/mongo-ledgers.ts'
import type { LedgerFact } from '../domain/ledger-fact.ts'
import { acknowledgeRestrictions } from './acknowledge-restrictions.ts'
import { foldActivations } from './fold-activations.ts'
import {
  type FactItem,
  type FoldedLedger,
  foldGroup,
  groupByLedger,
  scopedIdentities,
} from './fold-ledgers.ts'
import { deriveAll, type SettleDeps, settleLedgers } from './settle-ledgers.ts'

/** Folds a micro-batch into ledgers and settles what follows from them. */
export const createApplyFacts =
  (deps: SettleDeps) =>
  async (items: readonly BatchItem<FactItem>[], tx: Transaction): Promise<Applied> => {
    const ids = [...new Set(items.flatMap((item) => scopedIdentities(item.item)))]
    const links = await findLinks(tx, ids)
    const stored = await findLedgers(tx, [...new Set(links.values())])
    const folded = groupByLedger(items, links).map((group) => foldGroup(group, links, stored))
    const changed = folded.filter((f) => f.changed || f.newLinks.length > 0 || f.absorbed.length > 0)
    const moves = items.flatMap(({ item }) => item.clock ?? [])
    await moveClocks(tx, moves)
    const derived = await deriveAll(deps, tx, changed)
    await writeLedgers(tx, {
      changed: derived.map(({ f }) => f.ledger),
      links: new Map(changed.flatMap((f) => f.newLinks.map((id) => [id, f.ledger.id]))),
      absorbed: new Map(changed.flatMap((f) => f.absorbed.map((id) => [id, f.ledger.id]))),
    })
    for (const { absorbed, ledger } of changed)
      for (const gone of absorbed) await moveLedgerEvents(tx, gone, ledger.id)
    await insertLedgerEvents(tx, receiptsOf(items, folded, tx.now))
    const settled = await settleLedgers(deps, tx, derived)
    const activated = await foldActivations(items, tx)
    const quiet = new Set(items.map((item) => item.id))
    for (const { causes } of changed) for (const cause of causes) quiet.delete(cause)
    for (const id of activated) quiet.delete(id)
    const acks = acknowledgeRestrictions(items, folded, deps.acksTopic, tx.now)
    for (const { id, item } of items) if (item.clock !== undefined) quiet.delete(id)
    return {
      outbox: [...settled.outbox, ...acks],
      noops: [...quiet],
      afterCommit: () => {
        settled.afterCommit()
        for (const { stale } of folded) for (const one of stale) deps.metrics.stale(one)
      },
    }
  }

const receiptsOf = (items: readonly BatchItem<FactItem>[], folded: readonly FoldedLedger[], now: Date) => {
  const ledgerOf = new Map(folded.flatMap((f) => f.causes.map((cause) => [cause, f.ledger.id])))
  return items.flatMap(({ id, item, record }) => {
    const ledger = ledgerOf.get(id)
    if (ledger === undefined) return []
    const type = record.headers[HEADER.type] ?? 'unknown'
    const signature = record.headers[HEADER.signature] ?? null
    return [
      {
        id,
        ledger,
        type,
        origin: originOf(record),
        signature,
        isFromApi:
          record.headers[HEADER.obtained] === FROM_EVENTS_API || type.startsWith(SNAPSHOT_TYPE_PREFIX),
        foldedAt: now,
        facts: item.facts.map(withoutBefore),
      },
    ]
  })
}

/** What an object was before is of use to the fold alone. */
const withoutBefore = (fact: LedgerFact): LedgerFact => {
  if (!('before' in fact)) return fact
  const { before: _, ...rest } = fact
  return rest as LedgerFact
}
