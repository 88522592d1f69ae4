import { type Static, Type } from 'typebox'
import { Actor, Reason } from './audit.ts'

/** `POST /api/v1/licenses/:id/suspend`, `reinstate`, `revoke`. */
export const OperateLicenseRequest = Type.Object(
  { actor: Type.Optional(Actor), reason: Reason },
  { additionalProperties: false },
)
export type OperateLicenseRequest = Static<typeof OperateLicenseRequest>

const MOST_DOMAINS = 1_000_000

/** `PATCH /api/v1/licenses/:id`. What is absent stays as it is, null goes back to what the catalog says. */
export const PatchLicenseRequest = Type.Object(
  {
    actor: Type.Optional(Actor),
    reason: Type.Optional(Reason),
    tier: Type.Optional(Type.Union([Type.String({ minLength: 1, maxLength: 100 }), Type.Null()])),
    max_domains: Type.Optional(
      Type.Union([Type.Integer({ minimum: 0, maximum: MOST_DOMAINS }), Type.Null()]),
    ),
    features: Type.Optional(
      Type.Union([Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 100 }), Type.Null()]),
    ),
  },
  { additionalProperties: false },
)
export type PatchLicenseRequest = Static<typeof PatchLicenseRequest>
