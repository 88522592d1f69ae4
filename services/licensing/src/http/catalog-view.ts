import type { CatalogRecord, CatalogResponse, CatalogVersionView } from '@keyflow/contracts'

/** A version of the catalog without what it says. */
export const toVersionView = (record: CatalogRecord): CatalogVersionView => ({
  version: record.version,
  digest: record.digest,
  at: record.at,
  source: record.source,
  restores: record.restores,
  actor: record.actor,
  reason: record.reason,
  existing_licenses: record.existing,
})

export const toCatalogView = (record: CatalogRecord): CatalogResponse => ({
  ...toVersionView(record),
  content: record.content,
})
