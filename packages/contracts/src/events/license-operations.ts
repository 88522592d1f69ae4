import { type Static, Type } from 'typebox'

const Instant = Type.String({ format: 'date-time' })

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
  /** Stripe id (subscription or checkout session) through which the operation finds its ledger. */
  ref: Type.String(),
  action: LicenseAction,
  actor: Type.String({ minLength: 1 }),
  reason: Type.String({ minLength: 1 }),
})
export type LicenseOperation = Static<typeof LicenseOperation>
