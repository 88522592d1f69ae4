import { type Static, Type } from 'typebox'
import { oneOf } from '../schema/one-of.ts'

const Instant = Type.String({ format: 'date-time' })

/** Keys that no database and no query string reads anything into. */
export const METADATA_KEY = '^[A-Za-z0-9_-]{1,40}$'
export const MOST_METADATA = 50
const MetadataKey = Type.String({ pattern: METADATA_KEY })
const MetadataValue = Type.String({ maxLength: 500 })
const BOUNDED = { additionalProperties: false, maxProperties: MOST_METADATA } as const

/** The seller's own notes on a license. Not sealed: no place for names and addresses of customers. */
export const Metadata = Type.Record(MetadataKey, MetadataValue, BOUNDED)
export type Metadata = Static<typeof Metadata>

/** What is absent stays as it is, null removes. */
export const MetadataPatch = Type.Record(MetadataKey, Type.Union([MetadataValue, Type.Null()]), BOUNDED)
export type MetadataPatch = Static<typeof MetadataPatch>

/** Where a license that nobody bought through Stripe comes from. */
export const GRANT_SOURCES = ['comped', 'imported'] as const
export type GrantSource = (typeof GRANT_SOURCES)[number]

/** A license that the seller gives, or brings along from another system. */
export const CreateAction = Type.Object({
  kind: Type.Literal('create'),
  source: oneOf(GRANT_SOURCES),
  productId: Type.String(),
  tier: Type.String(),
  /** What the tier granted when the license was made: holds should the catalog forget the tier. */
  granted: Type.Object({ maxDomains: Type.Integer({ minimum: 0 }), features: Type.Array(Type.String()) }),
  /** Instead of what the tier grants; null = the tier's. */
  maxDomains: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]),
  features: Type.Union([Type.Array(Type.String()), Type.Null()]),
  metadata: Metadata,
  expiresAt: Type.Union([Instant, Type.Null()]),
  /** Stripe customer, where the seller names one. */
  customer: Type.Union([Type.String(), Type.Null()]),
  /** `{ email, name }`, sealed under the data key of the license's person; null = nobody to write to. */
  contact: Type.Union([Type.String(), Type.Null()]),
  /** A key from elsewhere; null = the license has a key of its own. */
  importedKey: Type.Union([Type.Object({ hash: Type.String(), last6: Type.String() }), Type.Null()]),
  /** The customer is not told. */
  quiet: Type.Boolean(),
})
export type CreateAction = Static<typeof CreateAction>

/** What an operator may decide about a license. Billing never undoes it. */
export const LicenseAction = Type.Union([
  Type.Object({ kind: Type.Literal('suspend') }),
  Type.Object({ kind: Type.Literal('reinstate') }),
  /** Final. */
  Type.Object({ kind: Type.Literal('revoke') }),
  /** Absent = unchanged, null = back to what the catalog says. */
  Type.Object({
    kind: Type.Literal('limits'),
    tier: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    maxDomains: Type.Optional(Type.Union([Type.Integer({ minimum: 0 }), Type.Null()])),
    features: Type.Optional(Type.Union([Type.Array(Type.String()), Type.Null()])),
    metadata: Type.Optional(MetadataPatch),
  }),
  CreateAction,
  /** A new key takes the place of the present one, which goes on working for a while. */
  Type.Object({
    kind: Type.Literal('rotate_key'),
    overlapSeconds: Type.Integer({ minimum: 0 }),
    quiet: Type.Boolean(),
  }),
])
export type LicenseAction = Static<typeof LicenseAction>

/** A record of `license.operations`: the decision is a fact in the log, folded like any other. */
export const LicenseOperation = Type.Object({
  /** `op_…`; a repeated request with the same Idempotency-Key has the same one. */
  id: Type.String(),
  at: Instant,
  account: Type.String(),
  livemode: Type.Boolean(),
  licenseId: Type.String({ format: 'uuid' }),
  /** Stripe id (subscription or checkout session), or the operation that made the license: it leads to the ledger. */
  ref: Type.String(),
  action: LicenseAction,
  actor: Type.String({ minLength: 1 }),
  reason: Type.String({ minLength: 1 }),
})
export type LicenseOperation = Static<typeof LicenseOperation>
