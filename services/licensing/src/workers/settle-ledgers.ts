import type { LicenseEventType } from '@keyflow/contracts'
import type { OutboxEntry, Transaction } from '@keyflow/runtime'
import type { LicenseKeys } from '../adapters/crypto-license-keys.ts'
import type { KeyTransport } from '../adapters/jose-key-transport.ts'
import { insertLicenseVersions } from '../adapters/mongo-license-history.ts'
import { findLicensesOf, writeLicenses } from '../adapters/mongo-licenses.ts'
import { snapshotReview, writeReviews } from '../adapters/mongo-reviews.ts'
import { writeSnapshotRequests } from '../adapters/mongo-snapshot-requests.ts'
import type { Tie } from '../domain/derived-license.ts'
import { deriveLedger, type FoldRules, type LicenseWrite, planWrites } from '../domain/fold.ts'
import type { FoldedLedger } from './fold-ledgers.ts'
import { toLicenseEntry } from './license-entry.ts'

export interface SettleDeps {
  readonly rules: () => FoldRules
  readonly keys: LicenseKeys
  readonly transport: KeyTransport
  readonly licenseTopic: string
  readonly metrics: {
    readonly change: (type: LicenseEventType) => void
    readonly reviewsOpened: (count: number) => void
    readonly tied: (decidedBy: Tie) => void
  }
  readonly wakeSnapshots: () => void
}

export interface Settled {
  readonly outbox: readonly OutboxEntry[]
  readonly afterCommit: () => void
}

/** Makes licenses, history, reviews and questions to Stripe say what the ledgers say; all in the caller's transaction. */
export const settleLedgers = async (
  deps: SettleDeps,
  tx: Transaction,
  ledgers: readonly FoldedLedger[],
): Promise<Settled> => {
  const rules = deps.rules()
  const derived = ledgers.map((f) => ({ f, derived: deriveLedger(f.ledger.scope, f.ledger.facts, rules) }))
  const kept = await findLicensesOf(
    tx,
    ledgers.flatMap((f) => [f.ledger.id, ...f.absorbed]),
  )
  const writes = derived.flatMap(({ f, derived: d }) =>
    planWrites(f.ledger, d, kept, rules.catalog, tx.now.getTime()).map((write) => ({
      f,
      write: withKey(deps.keys, write),
    })),
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
  const requests = await writeSnapshotRequests(
    tx,
    derived.map(({ f, derived: d }) => ({
      id: f.ledger.id,
      scope: f.ledger.scope,
      needs: d.needs,
      headers: f.headers,
    })),
  )
  const reviewsOpened = await writeReviews(
    tx,
    derived.map(({ f, derived: d }) => {
      const refused = requests.refused.get(f.ledger.id) ?? []
      return {
        id: f.ledger.id,
        scope: f.ledger.scope,
        reviews: [...d.reviews, ...refused.map((subject) => snapshotReview(f.ledger.scope, subject))],
      }
    }),
  )
  return {
    outbox: await Promise.all(
      told.map(({ f, after, change }) => toLicenseEntry(deps, f, after, change, tx.now)),
    ),
    afterCommit: () => {
      for (const { change } of told) deps.metrics.change(change.type)
      for (const { derived: d } of derived) for (const tie of d.ties) deps.metrics.tied(tie)
      if (reviewsOpened > 0) deps.metrics.reviewsOpened(reviewsOpened)
      if (requests.added > 0) deps.wakeSnapshots()
    },
  }
}

/** The hash is put into the license when it is first granted: before that no key of it validates. */
const withKey = (keys: LicenseKeys, write: LicenseWrite): LicenseWrite => {
  if (!write.after.granted || write.after.keyHash !== null) return write
  const issued = keys.issue(write.after.id, write.after.keyVersion)
  return { ...write, after: { ...write.after, keyHash: issued.hash, keyLast6: issued.last6 } }
}
