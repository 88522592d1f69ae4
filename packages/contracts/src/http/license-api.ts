import { type Static, Type } from 'typebox'
import { LicenseStatus, UpcomingChange } from '../events/license-events.ts'
import { nullable } from '../schema/nullable.ts'
import { oneOf } from '../schema/one-of.ts'

const Instant = Type.String({ format: 'date-time' })
const NullableInstant = nullable(Instant)

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
  upcoming: nullable(UpcomingChange),
})
export type LicenseDetails = Static<typeof LicenseDetails>

export const LICENSE_SOURCES = ['subscription', 'purchase', 'comped', 'imported'] as const
export type LicenseSource = (typeof LICENSE_SOURCES)[number]

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
  metadata: Type.Record(Type.String(), Type.String()),
  /** Who it comes from: a purchase, or the seller. */
  source: oneOf(LICENSE_SOURCES),
  stripe_customer_id: Type.Union([Type.String(), Type.Null()]),
  stripe_subscription_id: Type.Union([Type.String(), Type.Null()]),
  stripe_price_id: Type.Union([Type.String(), Type.Null()]),
  created_at: Instant,
  updated_at: Instant,
})
export type LicenseResponse = Static<typeof LicenseResponse>
