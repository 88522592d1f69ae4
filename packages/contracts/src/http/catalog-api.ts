import { type Static, Type } from 'typebox'
import { CatalogContent, ExistingLicenses } from '../catalog/catalog-content.ts'
import { CatalogRecord } from '../catalog/catalog-record.ts'
import { LicenseSummary } from '../events/license-events.ts'
import { oneOf } from '../schema/one-of.ts'

const strict = { additionalProperties: false }
const { version, at, digest, source, restores, actor, reason, existing } = CatalogRecord.properties

/** A version of the catalog: who made it and why. */
export const CatalogVersionView = Type.Object({
  version,
  /** In force from this instant. */
  at,
  digest,
  source,
  restores,
  actor,
  reason,
  /** What it did to licenses that were sold before. */
  existing_licenses: existing,
})
export type CatalogVersionView = Static<typeof CatalogVersionView>

export const CatalogVersionList = Type.Object({ versions: Type.Array(CatalogVersionView) })

/** `GET /api/v1/catalog`. `content` is what its file would say. */
export const CatalogResponse = Type.Object({ ...CatalogVersionView.properties, content: CatalogContent })
export type CatalogResponse = Static<typeof CatalogResponse>

/** `GET /api/v1/catalog/versions/:version`. */
export const CatalogVersionResponse = Type.Object({
  ...CatalogResponse.properties,
  /** How far the licenses have been brought to this version. */
  sweep: Type.Object({
    finished: Type.Boolean(),
    ledgers_behind: Type.Integer(),
    ledgers_done: Type.Integer(),
    licenses_changed: Type.Integer(),
  }),
})
export type CatalogVersionResponse = Static<typeof CatalogVersionResponse>

export const CatalogLintResponse = Type.Object({
  ok: Type.Boolean(),
  problems: Type.Array(
    Type.Object({
      path: Type.Array(Type.String()),
      message: Type.String(),
      severity: oneOf(['error', 'warning']),
    }),
  ),
})

const Candidate = {
  /** The catalog as in its file. */
  content: Type.Optional(Type.Object({})),
  /** Instead of a content: an earlier version's. */
  rollback_to: Type.Optional(Type.Integer({ minimum: 1 })),
  /** Over what the content says; a rollback lets prices and tiers follow. */
  existing_licenses: Type.Optional(ExistingLicenses),
}

export const PreviewCatalogRequest = Type.Object(Candidate, strict)
export type PreviewCatalogRequest = Static<typeof PreviewCatalogRequest>

export const ApplyCatalogRequest = Type.Object(
  {
    ...Candidate,
    /** The version that was looked at: another one in force by now is a conflict. */
    parent: Type.Integer({ minimum: 1 }),
    source: Type.Optional(oneOf(['file', 'api'])),
    actor: Type.Optional(actor),
    reason,
  },
  strict,
)
export type ApplyCatalogRequest = Static<typeof ApplyCatalogRequest>

const Nullable = Type.Union([Type.String(), Type.Null()])

/** A line of `POST /api/v1/catalog/preview` (NDJSON): changes, progress in between, and the summary at the end. */
export const CatalogPreviewLine = Type.Union([
  Type.Object({
    kind: Type.Literal('change'),
    licenseId: Type.String(),
    customer: Nullable,
    price: Type.String(),
    /** The event that would tell of it. */
    event: Type.String(),
    before: Type.Union([LicenseSummary, Type.Null()]),
    after: LicenseSummary,
  }),
  Type.Object({
    kind: Type.Literal('progress'),
    ledgers: Type.Integer(),
    /** About how many there are. */
    of: Type.Integer(),
  }),
  Type.Object({
    kind: Type.Literal('summary'),
    /** The version that was compared with. */
    parent: Type.Integer(),
    ledgers: Type.Integer(),
    licenses: Type.Integer(),
    changed: Type.Integer(),
    byEvent: Type.Record(Type.String(), Type.Integer()),
    /** Purchases that would wait for a person, and ones that no longer would. */
    reviewsOpened: Type.Integer(),
    reviewsClosed: Type.Integer(),
    tookMs: Type.Integer(),
  }),
])
export type CatalogPreviewLine = Static<typeof CatalogPreviewLine>
export type CatalogChangeLine = Extract<CatalogPreviewLine, { kind: 'change' }>
export type CatalogPreviewSummary = Extract<CatalogPreviewLine, { kind: 'summary' }>
