import { HEADER, KEYFLOW_TYPE_PREFIX, type LicenseEvent, type RecordHeaders } from '@keyflow/contracts'
import type { Applied, BatchItem, OutboxEntry, Transaction } from '@keyflow/runtime'
import type { LicenseKeys } from '../adapters/crypto-license-keys.ts'
import type { KeyTransport } from '../adapters/jose-key-transport.ts'
import { findLedgers, findLinks, writeLedgers } from '../adapters/mongo-ledgers.ts'
import { findLicensesOf, writeLicenses } from '../adapters/mongo-licenses.ts'
import { snapshotReview, writeReviews } from '../adapters/mongo-reviews.ts'
import { writeSnapshotRequests } from '../adapters/mongo-snapshot-requests.ts'
import type { Change } from '../domain/diff.ts'
import { deriveLedger, type FoldRules, type LicenseWrite, planWrites } from '../domain/fold.ts'
import type { License } from '../domain/license.ts'
import {
  type FactItem,
  type FoldedLedger,
  foldGroup,
  groupByLedger,
  scopedIdentities,
} from './fold-ledgers.ts'

export interface ApplyDeps {
  readonly rules: FoldRules
  readonly keys: LicenseKeys
  readonly transport: KeyTransport
  readonly licenseTopic: string
  readonly metrics: {
    readonly change: (type: Change['type']) => void
    readonly reviewsOpened: (count: number) => void
  }
  readonly wakeSnapshots: () => void
}

/** Folds a micro-batch: ledgers, licenses, reviews, questions to Stripe and events, all in the caller's transaction. */
export const createApplyFacts =
  (deps: ApplyDeps) =>
  async (items: readonly BatchItem<FactItem>[], tx: Transaction): Promise<Applied> => {
    const ids = [...new Set(items.flatMap((item) => scopedIdentities(item.item)))]
    const links = await findLinks(tx, ids)
    const stored = await findLedgers(tx, [...new Set(links.values())])
    const folded = groupByLedger(items, links).map((group) => foldGroup(group, links, stored))
    const changed = folded.filter((f) => f.changed || f.newLinks.length > 0 || f.absorbed.length > 0)
    await writeLedgers(tx, {
      changed: changed.filter((f) => f.changed || f.absorbed.length > 0).map((f) => f.ledger),
      links: new Map(changed.flatMap((f) => f.newLinks.map((id) => [id, f.ledger.id]))),
      absorbed: new Map(changed.flatMap((f) => f.absorbed.map((id) => [id, f.ledger.id]))),
    })
    const derived = changed.map((f) => ({
      f,
      derived: deriveLedger(f.ledger.scope, f.ledger.facts, deps.rules),
    }))
    const kept = await findLicensesOf(
      tx,
      changed.flatMap((f) => [f.ledger.id, ...f.absorbed]),
    )
    const writes = derived.flatMap(({ f, derived: d }) =>
      planWrites(f.ledger, d, kept, deps.rules.catalog, tx.now.getTime()).map((write) => ({
        f,
        write: withKey(deps.keys, write),
      })),
    )
    await writeLicenses(
      tx,
      writes.map(({ write }) => write),
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
      derived.map(({ f, derived: d }) => ({
        id: f.ledger.id,
        scope: f.ledger.scope,
        reviews: [
          ...d.reviews,
          ...(requests.refused.get(f.ledger.id) ?? []).map((s) => snapshotReview(f.ledger.scope, s)),
        ],
      })),
    )
    const outbox = await Promise.all(
      writes.flatMap(({ f, write }) =>
        write.change === null ? [] : [toEntry(deps, f, write.after, write.change, tx.now)],
      ),
    )
    const quiet = new Set(items.map((item) => item.id))
    for (const { f } of derived) for (const cause of f.causes) quiet.delete(cause)
    return {
      outbox,
      noops: [...quiet],
      afterCommit: () => {
        for (const { write } of writes) if (write.change !== null) deps.metrics.change(write.change.type)
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

const toEntry = async (
  deps: ApplyDeps,
  folded: FoldedLedger,
  license: License,
  change: Change,
  now: Date,
): Promise<OutboxEntry> => {
  const event: LicenseEvent = {
    id: `${license.id}:${license.version}`,
    type: change.type,
    schemaVersion: 1,
    at: now.toISOString(),
    account: license.scope.account,
    livemode: license.scope.livemode,
    licenseId: license.id,
    licenseVersion: license.version,
    contactRefs: [...license.contactRefs],
    customer: license.customer,
    subscription: license.origin.kind === 'subscription_item' ? license.origin.subscription : null,
    before: change.before,
    after: change.after,
    cause: [...folded.causes],
    keyVersion: license.keyVersion,
    ...(change.type === 'license.issued'
      ? {
          encryptedKey: await deps.transport.seal(
            deps.keys.issue(license.id, license.keyVersion).text,
            license.id,
          ),
        }
      : {}),
  }
  return {
    id: event.id,
    topic: deps.licenseTopic,
    key: folded.ledger.id,
    value: JSON.stringify(event),
    headers: headersOf(event, folded.headers),
  }
}

const headersOf = (event: LicenseEvent, carried: RecordHeaders): RecordHeaders => ({
  ...carried,
  [HEADER.specVersion]: '1.0',
  [HEADER.id]: event.id,
  [HEADER.source]: 'keyflow/licensing',
  [HEADER.type]: `${KEYFLOW_TYPE_PREFIX}${event.type}.v${event.schemaVersion}`,
  [HEADER.subject]: event.licenseId,
  [HEADER.time]: event.at,
  [HEADER.account]: event.account,
  [HEADER.livemode]: String(event.livemode),
  [HEADER.contentType]: 'application/json',
})
