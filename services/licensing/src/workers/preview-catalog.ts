import type { CatalogPreviewLine, CatalogRecord } from '@keyflow/contracts'
import type { Store } from '@keyflow/runtime'
import { countLedgers, type Ledger, readLedgersAfter } from '../adapters/mongo-ledgers.ts'
import { findLicensesOf } from '../adapters/mongo-licenses.ts'
import { type CatalogHistory, followedBy, headOf } from '../domain/catalog-history.ts'
import { deriveLedger, type FoldRules, isMoreThanTime, planWrites } from '../domain/fold.ts'

type Candidate = Pick<CatalogRecord, 'content' | 'existing'>

/** Ledgers at once: short enough that validations between two of them do not wait. */
const AT_ONCE = 500

/**
 * What applying a catalog would do, license by license, over all of them: the very code that applies it, without the
 * writing. Holds two batches in memory, and reads each as of one instant.
 */
export async function* previewCatalog(
  deps: { readonly store: Store; readonly rules: FoldRules; readonly clock: () => Date },
  candidate: Candidate,
  signal: AbortSignal,
): AsyncGenerator<CatalogPreviewLine> {
  const { store, rules, clock } = deps
  const began = performance.now()
  const now = clock()
  const after: FoldRules = { ...rules, catalogs: withCandidate(rules.catalogs, candidate, now) }
  const total = await countLedgers(store)
  const counts = { ledgers: 0, licenses: 0, changed: 0, reviewsOpened: 0, reviewsClosed: 0 }
  const byEvent: Record<string, number> = {}
  let reading = readBatch(store, '', now)
  while (!signal.aborted) {
    const { ledgers, kept } = await reading
    const end = ledgers.at(-1)
    if (end === undefined) break
    // MongoDB reads the next one while this one is derived.
    reading = readBatch(store, end.id, now)
    reading.catch(() => undefined)
    counts.ledgers += ledgers.length
    counts.licenses += kept.size
    for (const ledger of ledgers) {
      const derived = deriveLedger(ledger.scope, ledger.facts, after)
      const reviews = reviewsMoved(ledger, derived.reviews, rules)
      counts.reviewsOpened += reviews.opened
      counts.reviewsClosed += reviews.closed
      for (const write of planWrites(ledger, derived, kept, now.getTime())) {
        if (write.change === null || !isMoreThanTime(write)) continue
        const { type, before, after: becomes } = write.change
        counts.changed += 1
        byEvent[type] = (byEvent[type] ?? 0) + 1
        const { id, customer, price } = write.after
        yield { kind: 'change', licenseId: id, customer, price, event: type, before, after: becomes }
      }
    }
    yield { kind: 'progress', ledgers: counts.ledgers, of: total }
  }
  const tookMs = Math.round(performance.now() - began)
  yield { kind: 'summary', parent: headOf(rules.catalogs).version, ...counts, byEvent, tookMs }
}

/** Ledgers and their licenses as of one instant. */
const readBatch = async (store: Store, after: string, now: Date) => {
  const session = store.client.startSession({ snapshot: true })
  try {
    const ledgers = await readLedgersAfter({ store, session }, after, AT_ONCE)
    const kept = await findLicensesOf(
      { store, session, now },
      ledgers.map((ledger) => ledger.id),
    )
    return { ledgers, kept }
  } finally {
    await session.endSession()
  }
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
