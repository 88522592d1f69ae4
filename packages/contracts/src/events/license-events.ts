import { type Static, Type } from 'typebox'
import { TOPICS } from '../records/topics.ts'
import { oneOf } from '../schema/one-of.ts'

/** Closed set; precedence when several apply: revoked > suspended > expired > grace > active. */
export const LicenseStatus = Type.Union([
  Type.Literal('pending'),
  Type.Literal('active'),
  Type.Literal('grace'),
  Type.Literal('expired'),
  Type.Literal('suspended'),
  Type.Literal('revoked'),
])
export type LicenseStatus = Static<typeof LicenseStatus>

const Instant = Type.String({ format: 'date-time' })
const NullableInstant = Type.Union([Instant, Type.Null()])

/** A change that is arranged and has not taken effect; nothing is granted by it. */
export const UpcomingChange = Type.Object({
  /** With time, or with the payment of its invoice. */
  kind: Type.Union([Type.Literal('scheduled'), Type.Literal('awaiting_payment')]),
  /** When it takes effect, or lapses unpaid. */
  at: NullableInstant,
  /** null = the catalog does not know the price. */
  tier: Type.Union([Type.String(), Type.Null()]),
  quantity: Type.Integer({ minimum: 0 }),
})
export type UpcomingChange = Static<typeof UpcomingChange>

/** The license as a consumer of license events sees it. Times are ISO 8601 UTC. */
export const LicenseSummary = Type.Object({
  status: LicenseStatus,
  /** Why it is not simply active, e.g. `payment_failed`, `paused`, `canceled`; null when active. */
  reason: Type.Union([Type.String(), Type.Null()]),
  productId: Type.String(),
  tier: Type.String(),
  maxDomains: Type.Integer({ minimum: 0 }),
  features: Type.Array(Type.String()),
  quantity: Type.Integer({ minimum: 0 }),
  /** Last instant that is paid for, slack included; null = no end. */
  validThrough: NullableInstant,
  trialEndsAt: NullableInstant,
  /** When a scheduled cancellation takes effect. */
  cancelAt: NullableInstant,
  /** Absent in events of versions that did not know it. */
  upcoming: Type.Optional(Type.Union([UpcomingChange, Type.Null()])),
  /** The seller's own notes; absent = none. */
  metadata: Type.Optional(Type.Record(Type.String(), Type.String())),
})
export type LicenseSummary = Static<typeof LicenseSummary>

export const LICENSE_EVENT_TYPES = [
  'license.issued',
  'license.renewed',
  'license.tier_changed',
  'license.limits_changed',
  'license.grace_started',
  'license.grace_ended',
  'license.suspended',
  'license.reinstated',
  'license.expired',
  'license.revoked',
  'license.cancel_scheduled',
  'license.cancel_unscheduled',
  'license.key_rotated',
  'license.updated',
] as const
export type LicenseEventType = (typeof LICENSE_EVENT_TYPES)[number]

export const LicenseEvent = Type.Object({
  /** `<license id>:<license version>`: deterministic, so a repeated publication is the same event. */
  id: Type.String(),
  type: oneOf(LICENSE_EVENT_TYPES),
  schemaVersion: Type.Literal(1),
  at: Instant,
  account: Type.String(),
  livemode: Type.Boolean(),
  licenseId: Type.String({ format: 'uuid' }),
  /** Monotonic per license; a consumer ignores what is not newer than what it has. */
  licenseVersion: Type.Integer({ minimum: 1 }),
  /** Ids under which contact details of the buyer may be known: Stripe's, or that of the operation that made it. */
  contactRefs: Type.Array(Type.String()),
  customer: Type.Union([Type.String(), Type.Null()]),
  subscription: Type.Union([Type.String(), Type.Null()]),
  before: Type.Union([LicenseSummary, Type.Null()]),
  after: LicenseSummary,
  /** Ids of the Stripe events or snapshots of the batch that changed it. */
  cause: Type.Array(Type.String()),
  keyVersion: Type.Integer({ minimum: 1 }),
  /** Compact JWE (dir, A256GCM) of the license key; only on issued and key_rotated. */
  encryptedKey: Type.Optional(Type.String()),
  /** The customer is not to be told of this event: only on issued and key_rotated. */
  quiet: Type.Optional(Type.Boolean()),
  /** Only on key_rotated: until when the key before this one works. */
  oldKeyUntil: Type.Optional(Instant),
})
export type LicenseEvent = Static<typeof LicenseEvent>

export const LICENSE_EVENTS_TOPIC = TOPICS.licenseEvents.name
