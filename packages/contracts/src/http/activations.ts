import { type Static, Type } from 'typebox'
import { PLACE_KINDS } from '../events/license-activations.ts'
import { oneOf } from '../schema/one-of.ts'

/** Opaque to Keyflow; a hash of what tells the machine apart, so that no serial number leaves it. */
export const Fingerprint = Type.String({ pattern: '^[A-Za-z0-9+/=_.:-]{8,128}$' })
/** As typed: scheme, port, path and case do not matter. */
export const DomainText = Type.String({ minLength: 1, maxLength: 300 })
const LicenseKey = Type.String({ minLength: 1, maxLength: 256 })

const Place = { domain: Type.Optional(DomainText), fingerprint: Type.Optional(Fingerprint) }

/** Exactly one of `domain` and `fingerprint`. A domain may be a wildcard (`*.example.com`). */
export const ActivationRequest = Type.Object(Place, {
  additionalProperties: false,
  minProperties: 1,
  maxProperties: 1,
})
export type ActivationRequest = Static<typeof ActivationRequest>

/** Of an application: the license key is the secret. Exactly one of `domain` and `fingerprint`. */
export const KeyedActivationRequest = Type.Object(
  { key: LicenseKey, ...Place },
  { additionalProperties: false, minProperties: 2, maxProperties: 2 },
)
export type KeyedActivationRequest = Static<typeof KeyedActivationRequest>

export const ActivationResponse = Type.Object({
  id: Type.String(),
  kind: oneOf(PLACE_KINDS),
  /** The normalized domain, or the fingerprint. */
  value: Type.String(),
  activated_at: Type.String({ format: 'date-time' }),
  /** 1 = activated first. */
  rank: Type.Integer(),
  /** false once a lowered limit leaves the place outside: it ranks behind the limit. */
  within_limit: Type.Boolean(),
})
export type ActivationResponse = Static<typeof ActivationResponse>

const Use = Type.Object({ limit: Type.Integer(), used: Type.Integer() })

/** `used` counts places of the same kind. */
export const ActivatedResponse = Type.Object({
  activation: ActivationResponse,
  limit: Type.Integer(),
  used: Type.Integer(),
})
export type ActivatedResponse = Static<typeof ActivatedResponse>

export const ActivationListResponse = Type.Object({
  activations: Type.Array(ActivationResponse),
  domains: Use,
  machines: Use,
})
export type ActivationListResponse = Static<typeof ActivationListResponse>

/** `removed` is false when the license was not used there: giving up twice does no harm. */
export const DeactivatedResponse = Type.Object({ removed: Type.Boolean() })
export type DeactivatedResponse = Static<typeof DeactivatedResponse>

export const HeartbeatResponse = Type.Object({
  /** When the next one is due; null = the tier asks for none. */
  next_within_seconds: Type.Union([Type.Integer(), Type.Null()]),
})
export type HeartbeatResponse = Static<typeof HeartbeatResponse>
