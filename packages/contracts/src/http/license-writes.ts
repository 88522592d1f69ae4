import { type Static, Type } from 'typebox'
import { GRANT_SOURCES, Metadata, MetadataPatch } from '../events/license-operations.ts'
import { oneOf } from '../schema/one-of.ts'
import { Actor, Reason } from './audit.ts'
import { LicenseResponse } from './license-api.ts'

const Tier = Type.String({ minLength: 1, maxLength: 100 })
const MaxDomains = Type.Integer({ minimum: 0, maximum: 1_000_000 })
const Features = Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 100 })

/** `POST /api/v1/licenses`: a license that nobody bought through Stripe. */
export const CreateLicenseRequest = Type.Object(
  {
    product_id: Type.String({ minLength: 1, maxLength: 128 }),
    tier: Tier,
    /** Whom the key is mailed to; without it the key is in the answer alone. */
    customer_email: Type.Optional(Type.String({ format: 'email', maxLength: 254 })),
    customer_name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    /** Absent = what the tier grants. */
    max_domains: Type.Optional(MaxDomains),
    features: Type.Optional(Features),
    metadata: Type.Optional(Metadata),
    /** Absent or null = for ever. */
    expires_at: Type.Optional(Type.Union([Type.String({ format: 'date-time' }), Type.Null()])),
    source: Type.Optional(oneOf(GRANT_SOURCES)),
    /** A key that the customer has already, from another system: it goes on working. */
    key: Type.Optional(Type.String({ minLength: 8, maxLength: 256, pattern: '^[!-~]+$' })),
    /** Whether the key is mailed; absent = yes for a comped license, no for an imported one. */
    notify: Type.Optional(Type.Boolean()),
    /** Only with an API key of both modes; absent = live. */
    livemode: Type.Optional(Type.Boolean()),
    actor: Type.Optional(Actor),
    reason: Type.Optional(Reason),
  },
  { additionalProperties: false },
)
export type CreateLicenseRequest = Static<typeof CreateLicenseRequest>

/** `key` is absent where the license brought its own. */
export const CreatedLicenseResponse = Type.Object({
  ...LicenseResponse.properties,
  key: Type.Optional(Type.String()),
})
export type CreatedLicenseResponse = Static<typeof CreatedLicenseResponse>

/** The decision is in the log and will hold; it could not be awaited. */
export const AcceptedResponse = Type.Object({ accepted: Type.Literal(true), id: Type.String() })
export type AcceptedResponse = Static<typeof AcceptedResponse>

/** `POST /api/v1/licenses/:id/rotate-key`. */
export const RotateKeyRequest = Type.Object(
  {
    /** How long the present key goes on working; absent = seven days. */
    overlap_seconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 90 * 86_400 })),
    /** Whether the new key is mailed; absent = yes. */
    notify: Type.Optional(Type.Boolean()),
    actor: Type.Optional(Actor),
    reason: Type.Optional(Reason),
  },
  { additionalProperties: false },
)
export type RotateKeyRequest = Static<typeof RotateKeyRequest>

/** `key` is the new one. */
export const RotatedKeyResponse = Type.Object({
  ...LicenseResponse.properties,
  key: Type.String(),
  /** Until when the key before it works. */
  overlap_ends_at: Type.String({ format: 'date-time' }),
})
export type RotatedKeyResponse = Static<typeof RotatedKeyResponse>

/** `POST /api/v1/licenses/:id/suspend`, `reinstate`, `revoke`. */
export const OperateLicenseRequest = Type.Object(
  { actor: Type.Optional(Actor), reason: Reason },
  { additionalProperties: false },
)
export type OperateLicenseRequest = Static<typeof OperateLicenseRequest>

/** `PATCH /api/v1/licenses/:id`. What is absent stays as it is, null goes back to what the catalog says. */
export const PatchLicenseRequest = Type.Object(
  {
    actor: Type.Optional(Actor),
    reason: Type.Optional(Reason),
    tier: Type.Optional(Type.Union([Tier, Type.Null()])),
    max_domains: Type.Optional(Type.Union([MaxDomains, Type.Null()])),
    features: Type.Optional(Type.Union([Features, Type.Null()])),
    /** Key by key: null removes. */
    metadata: Type.Optional(MetadataPatch),
  },
  { additionalProperties: false },
)
export type PatchLicenseRequest = Static<typeof PatchLicenseRequest>
