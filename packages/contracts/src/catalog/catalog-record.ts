import { type Static, Type } from 'typebox'
import { oneOf } from '../schema/one-of.ts'
import { CatalogContent } from './catalog-content.ts'

export const CATALOG_SOURCES = ['first_start', 'file', 'api', 'review', 'rollback'] as const
export type CatalogSource = (typeof CATALOG_SOURCES)[number]

const KeepOrFollow = Type.Union([Type.Literal('keep'), Type.Literal('follow')])

/** A record of `catalog.versions`. Versions are only ever added; one that was wrong is followed by a better one. */
export const CatalogRecord = Type.Object({
  schemaVersion: Type.Literal(1),
  /** `cat_…` */
  id: Type.String(),
  /** 1, 2, 3 …: a record that does not follow its predecessor lost a race and counts for nothing. */
  version: Type.Integer({ minimum: 1 }),
  /** In force from this instant. */
  at: Type.String({ format: 'date-time' }),
  /** Tells equal contents from different ones. */
  digest: Type.String(),
  content: CatalogContent,
  existing: Type.Object({ prices: KeepOrFollow, tiers: KeepOrFollow }),
  source: oneOf(CATALOG_SOURCES),
  /** The version whose content a rollback brought back. */
  restores: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()]),
  actor: Type.String({ minLength: 1, maxLength: 200 }),
  reason: Type.String({ minLength: 1, maxLength: 1000 }),
})
export type CatalogRecord = Static<typeof CatalogRecord>

/** All versions have one key, so that one partition holds them in the order in which they were made. */
export const CATALOG_KEY = 'catalog'
