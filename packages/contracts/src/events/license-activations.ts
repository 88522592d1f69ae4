import { type Static, Type } from 'typebox'
import { oneOf } from '../schema/one-of.ts'

export const PLACE_KINDS = ['domain', 'machine'] as const
export type PlaceKind = (typeof PLACE_KINDS)[number]

/** A record of `license.activations`: that a license began or ceased to be used at a place. */
export const ActivationRecord = Type.Object({
  /** `act_<license id>:<seq>`: deterministic, so a repeated publication is the same record. */
  id: Type.String(),
  at: Type.String({ format: 'date-time' }),
  account: Type.String(),
  livemode: Type.Boolean(),
  licenseId: Type.String({ format: 'uuid' }),
  /** Monotonic per license: of what is said about a place, the highest holds, and places rank by it. */
  seq: Type.Integer({ minimum: 1 }),
  kind: oneOf(PLACE_KINDS),
  /** Normalized domain, or the machine's fingerprint. */
  value: Type.String({ minLength: 1, maxLength: 255 }),
  active: Type.Boolean(),
})
export type ActivationRecord = Static<typeof ActivationRecord>
