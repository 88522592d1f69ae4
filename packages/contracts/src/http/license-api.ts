import { type Static, Type } from 'typebox'
import { BillingNotice } from '../events/dunning-notices.ts'
import { LicenseStatus, UpcomingChange } from '../events/license-events.ts'
import { oneOf } from '../schema/one-of.ts'

const Instant = Type.String({ format: 'date-time' })
const NullableInstant = Type.Union([Instant, Type.Null()])

/** `POST /api/v1/licenses/validate`. No API key: the license key is the secret. */
export const ValidateRequest = Type.Object(
  {
    key: Type.String({ minLength: 1, maxLength: 256 }),
    /** Host that the software runs on; compared case-folded and without port. */
    domain: Type.Optional(Type.String({ maxLength: 253 })),
    product_id: Type.Optional(Type.String({ maxLength: 128 })),
    /** Echoed, so that an answer cannot be replayed for another question. */
    nonce: Type.Optional(Type.String({ maxLength: 128 })),
  },
  { additionalProperties: false },
)
export type ValidateRequest = Static<typeof ValidateRequest>

/** Ordered: the first that applies is answered (reference: licensing 2.3). */
export const VALIDATION_CODES = [
  'NOT_FOUND',
  'REVOKED',
  'SUSPENDED',
  'PENDING_PAYMENT',
  'PRODUCT_SCOPE_MISMATCH',
  'EXPIRED',
  'GRACE',
  'VALID',
] as const
export type ValidationCode = (typeof VALIDATION_CODES)[number]

export const LicenseDetails = Type.Object({
  id: Type.String(),
  status: LicenseStatus,
  tier: Type.String(),
  product_id: Type.String(),
  max_domains: Type.Integer(),
  features: Type.Array(Type.String()),
  valid_through: NullableInstant,
  trial_ends_at: NullableInstant,
  cancel_at: NullableInstant,
  /** "Pro until 2 May, then Starter": the next change that is arranged. */
  upcoming: Type.Union([UpcomingChange, Type.Null()]),
})
export type LicenseDetails = Static<typeof LicenseDetails>

export const ValidateResponse = Type.Object({
  valid: Type.Boolean(),
  code: oneOf(VALIDATION_CODES),
  /** One sentence for a person. */
  detail: Type.String(),
  /** Short machine-readable cause of REVOKED, SUSPENDED, EXPIRED or GRACE. */
  reason: Type.Union([Type.String(), Type.Null()]),
  /** TRIAL, CANCEL_SCHEDULED, EXPIRING. */
  warnings: Type.Array(Type.String()),
  license: Type.Union([LicenseDetails, Type.Null()]),
  license_version: Type.Union([Type.Integer(), Type.Null()]),
  /** For a notice inside the product itself; null (or absent) while payments are in order. */
  billing: Type.Optional(Type.Union([BillingNotice, Type.Null()])),
  nonce: Type.Union([Type.String(), Type.Null()]),
  ts: Instant,
})
export type ValidateResponse = Static<typeof ValidateResponse>

/** `GET /api/v1/licenses/:id`. */
export const LicenseResponse = Type.Object({
  ...LicenseDetails.properties,
  reason: Type.Union([Type.String(), Type.Null()]),
  version: Type.Integer(),
  account: Type.String(),
  livemode: Type.Boolean(),
  quantity: Type.Integer(),
  key_last6: Type.String(),
  key_version: Type.Integer(),
  stripe_customer_id: Type.Union([Type.String(), Type.Null()]),
  stripe_subscription_id: Type.Union([Type.String(), Type.Null()]),
  stripe_price_id: Type.Union([Type.String(), Type.Null()]),
  created_at: Instant,
  updated_at: Instant,
})
export type LicenseResponse = Static<typeof LicenseResponse>
