import type { CatalogRecord } from '@keyflow/contracts'
import type { CatalogSweep } from '../adapters/mongo-catalog-sweeps.ts'

/** A version of the catalog without what it says. */
export const toVersionView = (record: CatalogRecord) => ({
  version: record.version,
  digest: record.digest,
  at: record.at,
  source: record.source,
  restores: record.restores,
  actor: record.actor,
  reason: record.reason,
  existing_licenses: record.existing,
})

export const toCatalogView = (record: CatalogRecord) => ({
  ...toVersionView(record),
  content: record.content,
})

/** How far the ledgers have been brought to a version. */
export const toSweepView = (sweep: CatalogSweep | null, behind: number) => ({
  ledgers_behind: behind,
  ledgers_done: sweep?.ledgers ?? 0,
  licenses_changed: sweep?.changed ?? 0,
  finished: behind === 0,
})
