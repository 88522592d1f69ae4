import type { CatalogPreviewLine, CatalogRecord } from '@keyflow/contracts'
import type { Store } from '@keyflow/runtime'
import { countLedgers, type Ledger } from '../adapters/mongo-ledgers.ts'
import { type CatalogHistory, followedBy, headOf } from '../domain/catalog-history.ts'
import { deriveLedger, type FoldRules } from '../domain/fold.ts'
import { scanLedgers } from './scan-ledgers.ts'

type Candidate = Pick<CatalogRecord, 'content' | 'existing'>

/**
 * What applying a catalog would do, license by license, over all of them: the very scan that applies it, without the
 * writing.
 */
export async function* previewCatalog(
  deps: { readonly store: Store; readonly rules: FoldRules; readonly clock: () => Date },
  candidate: Candidate,
  signal: AbortSignal,
): AsyncGenerator<CatalogPreviewLine> {
  const { store, rules, clock } = deps
  const began = performance.now()
  const after: FoldRules = { ...rules, catalogs: withCandidate(rules.catalogs, candidate, clock()) }
  const total = await countLedgers(store)
  const counts = { ledgers: 0, licenses: 0, changed: 0, reviewsOpened: 0, reviewsClosed: 0 }
  const byEvent: Record<string, number> = {}
  for await (const { ledgers, licenses } of scanLedgers({ store, rules: after, clock }, '')) {
    counts.ledgers += ledgers.length
    counts.licenses += licenses
    for (const { ledger, derived, writes } of ledgers) {
      const reviews = reviewsMoved(ledger, derived.reviews, rules)
      counts.reviewsOpened += reviews.opened
      counts.reviewsClosed += reviews.closed
      for (const { change, after: license } of writes) {
        if (change === null) continue
        const { type, before, after: becomes } = change
        counts.changed += 1
        byEvent[type] = (byEvent[type] ?? 0) + 1
        const { id, customer, price } = license
        yield { kind: 'change', licenseId: id, customer, price, event: type, before, after: becomes }
      }
    }
    yield { kind: 'progress', ledgers: counts.ledgers, of: total }
    if (signal.aborted) break
  }
  const tookMs = Math.round(performance.now() - began)
  yield { kind: 'summary', parent: headOf(rules.catalogs).version, ...counts, byEvent, tookMs }
}

/** The history as it would be once the candidate is applied. */
const withCandidate = (history: CatalogHistory, candidate: Candidate, now: Date): CatalogHistory =>
  followedBy(history, {
    schemaVersion: 1,
    id: 'preview',
    version: headOf(history).version + 1,
    at: now.toISOString(),
    digest: '',
    source: 'api',
    restores: null,
    actor: 'preview',
    reason: 'preview',
    ...candidate,
  }) ?? history

const reviewsMoved = (
  ledger: Ledger,
  next: readonly { readonly id: string }[],
  rules: FoldRules,
): { readonly opened: number; readonly closed: number } => {
  if (!ledger.hasOpenEnds && next.length === 0) return { opened: 0, closed: 0 }
  const before = new Set(deriveLedger(ledger.scope, ledger.facts, rules).reviews.map((review) => review.id))
  const after = new Set(next.map((review) => review.id))
  return {
    opened: [...after].filter((id) => !before.has(id)).length,
    closed: [...before].filter((id) => !after.has(id)).length,
  }
}
