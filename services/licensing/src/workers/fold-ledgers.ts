import { type ActivationRecord, HEADER, type RecordHeaders, type Scope, scopedId } from '@keyflow/contracts'
import type { BatchItem } from '@keyflow/runtime'
import type { ClockMove } from '../adapters/mongo-clocks.ts'
import type { Ledger } from '../adapters/mongo-ledgers.ts'
import { type FoldRules, mergeAll } from '../domain/fold.ts'
import { type LedgerFact, ledgerIdentities } from '../domain/ledger-fact.ts'
import { NO_FACTS } from '../domain/ledger-facts.ts'
import { mergeLedgers } from '../domain/merge-facts.ts'
import { type StaleFact, staleFacts } from '../domain/stale-facts.ts'

/** Facts of one record, of one scope. */
export interface FactItem {
  readonly scope: Scope
  readonly facts: readonly LedgerFact[]
  /** Not a fact of a ledger: where a license is used. */
  readonly activation?: ActivationRecord
  /** Not one either: how far a test clock has come. */
  readonly clock?: ClockMove
}

/** A ledger as this batch leaves it. */
export interface FoldedLedger {
  readonly ledger: Ledger
  readonly changed: boolean
  /** Ids of records whose facts went in. */
  readonly causes: readonly string[]
  readonly headers: RecordHeaders
  readonly newLinks: readonly string[]
  readonly absorbed: readonly string[]
  readonly stale: readonly StaleFact[]
}

export type { FoldRules }

export const scopedIdentities = (item: FactItem): readonly string[] =>
  item.facts.flatMap(ledgerIdentities).map((id) => scopedId(item.scope, id))

/** Sorts the items of a batch into ledgers: items belong together when they, or what is stored, share an id. */
export const groupByLedger = (
  items: readonly BatchItem<FactItem>[],
  links: ReadonlyMap<string, string>,
): readonly (readonly BatchItem<FactItem>[])[] => {
  const parent = new Map<string, string>()
  const root = (node: string): string => {
    let at = node
    for (;;) {
      const next = parent.get(at)
      if (next === undefined || next === at) return at
      at = next
    }
  }
  const nodesOf = (item: BatchItem<FactItem>): string[] =>
    scopedIdentities(item.item).map((id) => (links.has(id) ? `ledger ${links.get(id)}` : `id ${id}`))
  for (const item of items) {
    const [first, ...others] = nodesOf(item)
    if (first === undefined) continue
    for (const other of others) {
      const [a, b] = [root(first), root(other)]
      if (a !== b) parent.set(b, a)
    }
  }
  const groups = new Map<string, BatchItem<FactItem>[]>()
  for (const item of items) {
    const [first] = nodesOf(item)
    if (first === undefined) continue
    const group = groups.get(root(first))
    if (group === undefined) groups.set(root(first), [item])
    else group.push(item)
  }
  return [...groups.values()]
}

/** Folds one group into the ledger that it belongs to, joining ledgers that the group shows to be one buyer's. */
export const foldGroup = (
  group: readonly BatchItem<FactItem>[],
  links: ReadonlyMap<string, string>,
  stored: ReadonlyMap<string, Ledger>,
): FoldedLedger => {
  const first = group[0] as BatchItem<FactItem>
  const ids = [...new Set(group.flatMap((item) => scopedIdentities(item.item)))].sort()
  const ledgerIds = [...new Set(ids.flatMap((id) => links.get(id) ?? []))].sort()
  const existing = ledgerIds.flatMap((id) => stored.get(id) ?? [])
  const [survivor, ...absorbed] = existing
  const start: Ledger = survivor ?? {
    id: nameOf(group, ids),
    scope: first.item.scope,
    facts: NO_FACTS,
    version: 0,
    hasOpenEnds: false,
    catalog: 0,
  }
  const joined = absorbed.reduce((facts, other) => mergeLedgers(facts, other.facts), start.facts)
  const added = group.flatMap((item) => item.item.facts)
  const facts = mergeAll(joined, added)
  return {
    ledger: { ...start, facts, hasOpenEnds: existing.some((other) => other.hasOpenEnds) },
    changed: facts !== start.facts || start.version === 0,
    causes: group.map((item) => item.id),
    headers: carriedBy(first),
    newLinks: ids.filter((id) => !links.has(id)),
    absorbed: absorbed.map((other) => other.id),
    stale: staleFacts(joined, added),
  }
}

/** Trace context and acceptance time: what the mail at the far end is measured and traced by. */
const carriedBy = ({ trace, record }: BatchItem<FactItem>): RecordHeaders => {
  const receivedAt = record.headers[HEADER.receivedAt]
  return receivedAt === undefined ? trace : { ...trace, [HEADER.receivedAt]: receivedAt }
}

/** A new ledger is named after its customer where one is known, for whoever reads the database. */
const nameOf = (group: readonly BatchItem<FactItem>[], ids: readonly string[]): string => {
  for (const { item } of group)
    for (const { state } of item.facts)
      if ('customer' in state && state.customer !== null) return scopedId(item.scope, state.customer)
  return ids[0] as string
}
