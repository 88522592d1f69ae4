import { type LicenseEventType, scopedId } from '@keyflow/contracts'
import type { OutboxEntry, Transaction } from '@keyflow/runtime'
import type { LicenseKeys } from '../adapters/crypto-license-keys.ts'
import type { KeyTransport } from '../adapters/jose-key-transport.ts'
import { holdClocks } from '../adapters/mongo-clocks.ts'
import { insertLicenseVersions } from '../adapters/mongo-license-history.ts'
import { findLicensesOf, writeLicenses } from '../adapters/mongo-licenses.ts'
import { snapshotReview, writeReviews } from '../adapters/mongo-reviews.ts'
import { writeRevocations } from '../adapters/mongo-revocations.ts'
import { writeSnapshotRequests } from '../adapters/mongo-snapshot-requests.ts'
import { headOf } from '../domain/catalog-history.ts'
import type { Derived, Review, Tie } from '../domain/derived-license.ts'
import { deriveLedger, type FoldRules, type LicenseWrite, planWrites } from '../domain/fold.ts'
import type { StaleFact } from '../domain/stale-facts.ts'
import type { FoldedLedger } from './fold-ledgers.ts'
import { toLicenseEntry } from './license-entry.ts'

export interface SettleDeps {
  readonly rules: () => FoldRules
  readonly keys: LicenseKeys
  readonly transport: KeyTransport
  readonly licenseTopic: string
  /** Where dunning is told which restriction holds. */
  readonly acksTopic: string
  readonly metrics: {
    readonly change: (type: LicenseEventType) => void
    readonly reviewsOpened: (reasons: readonly Review['reason'][]) => void
    readonly tied: (decidedBy: Tie) => void
    readonly stale: (fact: StaleFact) => void
  }
  readonly wakeSnapshots: () => void
}

export interface Settled {
  readonly outbox: readonly OutboxEntry[]
  readonly afterCommit: () => void
}

/** A folded ledger, and what follows from it. */
export interface DerivedLedger {
  readonly f: FoldedLedger
  readonly derived: Derived
  /** How far the test clocks are known to have come that its licenses live on; by scoped id, unix seconds. */
  readonly clocks: ReadonlyMap<string, number>
  /** It has or had reviews or questions: their rows must be looked at. */
  readonly hasOpenEnds: boolean
}

/** Derives before anything is written, so that the ledger itself can say whether it has open ends. */
export const deriveAll = async (
  deps: SettleDeps,
  tx: Transaction,
  folded: readonly FoldedLedger[],
): Promise<readonly DerivedLedger[]> => {
  const rules = deps.rules()
  const derived = folded.map((f) => ({ f, derived: deriveLedger(f.ledger.scope, f.ledger.facts, rules) }))
  const clocks = await holdClocks(
    tx,
    derived.flatMap((one) => clocksOf(one).map((clock) => scopedId(one.f.ledger.scope, clock))),
  )
  return derived.map(({ f, derived: d }) => withOpenEnds(rules, f, withClockNeeds(f, d, clocks), clocks))
}

const clocksOf = ({ derived }: { readonly derived: Derived }): readonly string[] => [
  ...new Set(derived.licenses.flatMap(({ testClock }) => testClock?.id ?? [])),
]

/** A clock that no event has told of yet is asked for. */
const withClockNeeds = (
  { ledger }: FoldedLedger,
  derived: Derived,
  clocks: ReadonlyMap<string, number>,
): Derived => {
  const unknown = clocksOf({ derived }).filter((clock) => !clocks.has(scopedId(ledger.scope, clock)))
  if (unknown.length === 0) return derived
  const asked = unknown.map((subject) => ({ what: 'test_clock' as const, subject }))
  return { ...derived, needs: [...derived.needs, ...asked] }
}

const withOpenEnds = (
  rules: FoldRules,
  folded: FoldedLedger,
  derived: Derived,
  clocks: ReadonlyMap<string, number>,
): DerivedLedger => {
  const hasOpenEnds = derived.reviews.length > 0 || derived.needs.length > 0
  return {
    f: {
      ...folded,
      ledger: { ...folded.ledger, hasOpenEnds, catalog: headOf(rules.catalogs).version },
    },
    derived,
    clocks,
    hasOpenEnds: hasOpenEnds || folded.ledger.hasOpenEnds,
  }
}

/** Makes licenses, history, reviews and questions to Stripe say what the ledgers say; all in the caller's transaction. */
export const settleLedgers = async (
  deps: SettleDeps,
  tx: Transaction,
  derived: readonly DerivedLedger[],
  isWanted: (write: LicenseWrite) => boolean = () => true,
): Promise<Settled> => {
  const kept = await findLicensesOf(
    tx,
    derived.flatMap(({ f }) => [f.ledger.id, ...f.absorbed]),
  )
  const writes = derived.flatMap(({ f, derived: d, clocks }) =>
    planWrites(f.ledger, d, kept, tx.now.getTime(), clocks)
      .filter(isWanted)
      .map((write) => ({ f, write: withKey(deps.keys, write) })),
  )
  const told = writes.flatMap(({ f, write }) =>
    write.change === null ? [] : [{ f, after: write.after, change: write.change }],
  )
  await writeLicenses(
    tx,
    writes.map(({ write }) => write),
  )
  await insertLicenseVersions(
    tx,
    told.map(({ f, after, change }) => ({
      version: after.version,
      at: tx.now,
      type: change.type,
      cause: f.causes,
      license: after,
    })),
  )
  await writeRevocations(
    tx,
    told.map(({ after, change }) => ({ after, type: change.type })),
  )
  const { asked, reviewsOpened } = await settleOpenEnds(
    tx,
    derived.filter((d) => d.hasOpenEnds),
  )
  return {
    outbox: await Promise.all(
      told.map(({ f, after, change }) => toLicenseEntry(deps, f, after, change, tx.now)),
    ),
    afterCommit: () => {
      for (const { change } of told) deps.metrics.change(change.type)
      for (const { derived: d } of derived) for (const tie of d.ties) deps.metrics.tied(tie)
      deps.metrics.reviewsOpened(reviewsOpened)
      if (asked > 0) deps.wakeSnapshots()
    },
  }
}

const settleOpenEnds = async (
  tx: Transaction,
  open: readonly DerivedLedger[],
): Promise<{ readonly asked: number; readonly reviewsOpened: readonly Review['reason'][] }> => {
  if (open.length === 0) return { asked: 0, reviewsOpened: [] }
  const requests = await writeSnapshotRequests(
    tx,
    open.map(({ f, derived }) => ({
      id: f.ledger.id,
      absorbed: f.absorbed,
      scope: f.ledger.scope,
      needs: derived.needs,
      headers: f.headers,
    })),
  )
  const reviewsOpened = await writeReviews(
    tx,
    open.map(({ f, derived }) => {
      const refused = requests.refused.get(f.ledger.id) ?? []
      return {
        id: f.ledger.id,
        absorbed: f.absorbed,
        scope: f.ledger.scope,
        dismissals: f.ledger.facts.dismissals,
        reviews: [...derived.reviews, ...refused.map((subject) => snapshotReview(f.ledger.scope, subject))],
      }
    }),
  )
  return { asked: requests.added, reviewsOpened }
}

/** The hash is put into the license when it is first granted: before that no key of it validates. */
const withKey = (keys: LicenseKeys, write: LicenseWrite): LicenseWrite => {
  const { after } = write
  if (!after.granted || after.keyHash !== null) return write
  const keyOf = (version: number): { readonly hash: string; readonly last6: string } => {
    const imported = after.keyring?.imported ?? null
    return version === 1 && imported !== null ? imported : keys.issue(after.id, version)
  }
  const inForce = keyOf(after.keyVersion)
  const retired = after.keyring?.retired ?? []
  const retiredKeys = retired.map((key) => ({ ...key, hash: keyOf(key.version).hash }))
  return { ...write, after: { ...after, keyHash: inForce.hash, keyLast6: inForce.last6, retiredKeys } }
}
