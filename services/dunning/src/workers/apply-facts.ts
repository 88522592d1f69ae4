import { HEADER, type RecordHeaders } from '@keyflow/contracts'
import type { Applied, BatchItem, OutboxEntry, Transaction } from '@keyflow/runtime'
import { loadCases, saveCases } from '../adapters/case-store.ts'
import { advanceCase, type CaseRecord } from '../domain/advance-case.ts'
import { type CaseFacts, mergeCaseFacts } from '../domain/case-facts.ts'
import type { DunningMetrics } from '../dunning-metrics.ts'
import { dunningEntry } from './dunning-entry.ts'

export interface ApplyFactsOptions {
  readonly dunningTopic: string
  readonly metrics: DunningMetrics
}

interface Folded {
  readonly facts: CaseFacts
  readonly causes: readonly string[]
  /** Trace and time of the webhook of the last item that was folded in. */
  readonly headers: RecordHeaders
}

type Item = BatchItem<readonly CaseFacts[]>

/** Folds facts into cases and says what changed: one event per case and batch. */
export const createApplyFacts =
  ({ dunningTopic, metrics }: ApplyFactsOptions) =>
  async (items: readonly Item[], transaction: Transaction): Promise<Applied> => {
    const folded = foldByCase(items)
    const known = await loadCases(transaction, [...folded.keys()])
    const changed: CaseRecord[] = []
    const outbox: OutboxEntry[] = []
    const types: Parameters<DunningMetrics['announced']>[0][] = []
    const quiet = new Set(items.map(({ id }) => id))
    for (const [id, { facts, causes, headers }] of folded) {
      const advance = advanceCase(known.get(id), facts)
      if (advance === null) continue
      const { after, announcement } = advance
      changed.push(after)
      for (const cause of causes) quiet.delete(cause)
      if (announcement === null) continue
      types.push(announcement.type)
      outbox.push(dunningEntry(dunningTopic, after, announcement, { causes, headers, at: transaction.now }))
    }
    await saveCases(transaction, changed)
    return {
      outbox,
      noops: [...quiet],
      afterCommit: () => {
        for (const type of types) metrics.announced(type)
      },
    }
  }

const foldByCase = (items: readonly Item[]): ReadonlyMap<string, Folded> => {
  const folded = new Map<string, Folded>()
  for (const { id, item, record, trace } of items)
    for (const facts of item) {
      const before = folded.get(facts.id)
      const receivedAt = record.headers[HEADER.receivedAt]
      folded.set(facts.id, {
        facts: mergeCaseFacts(before?.facts, facts),
        causes: [...(before?.causes ?? []), id],
        headers: { ...trace, ...(receivedAt === undefined ? {} : { [HEADER.receivedAt]: receivedAt }) },
      })
    }
  return folded
}
