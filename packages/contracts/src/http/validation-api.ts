import { VALIDATION_CODES, VALIDATION_WARNINGS } from '@keyflow/client/protocol'
import { type Static, Type } from 'typebox'
import { BillingNotice } from '../events/dunning-notices.ts'
import { nullable } from '../schema/nullable.ts'
import { oneOf } from '../schema/one-of.ts'
import { LicenseDetails } from './license-api.ts'

const Instant = Type.String({ format: 'date-time' })
const NullableInstant = nullable(Instant)

/** What the application asks about; every part that is absent is not checked. */
const Scope = {
  product_id: Type.Optional(Type.String({ maxLength: 128 })),
  /** What the application was built for: a key of test mode does not work in `live`, nor the other way round. */
  environment: Type.Optional(oneOf(['live', 'test'])),
  /** Host that the software runs on; compared case-folded, in punycode and without port. */
  domain: Type.Optional(Type.String({ maxLength: 1000 })),
  /** Whatever tells one machine from another; the application makes it. */
  fingerprint: Type.Optional(Type.String({ maxLength: 256 })),
  /** Features that must all be there. */
  entitlements: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 32, uniqueItems: true }),
  ),
  /** When the running release was made. */
  released_at: Type.Optional(Instant),
}

/** `POST /api/v1/licenses/validate`. No API key: the license key is the secret. */
export const ValidateRequest = Type.Object(
  {
    key: Type.String({ minLength: 1, maxLength: 256, description: 'Case, dashes and spaces do not matter.' }),
    ...Scope,
    nonce: Type.Optional(
      Type.String({
        maxLength: 128,
        description:
          'Echoed in the answer and in the lease, so that neither can be replayed for another question.',
      }),
    ),
    lease: Type.Optional(
      Type.Boolean({ description: 'Asks for a lease: a signed answer that works offline for a while.' }),
    ),
  },
  { additionalProperties: false },
)
export type ValidateRequest = Static<typeof ValidateRequest>

export const ValidateResponse = Type.Object({
  valid: Type.Boolean({ description: 'Branch on this one.' }),
  code: oneOf(VALIDATION_CODES),
  /** One sentence for a person. */
  detail: Type.String(),
  locks: Type.Boolean({
    description: 'The refusal says something about the customer: the application may lock.',
  }),
  /** Short machine-readable cause of REVOKED, SUSPENDED, EXPIRED or GRACE. */
  reason: nullable(Type.String()),
  warnings: Type.Array(oneOf(VALIDATION_WARNINGS)),
  /** Place of the asking activation, where a limit decided. */
  activation: nullable(
    Type.Object({ limit: Type.Integer(), used: Type.Integer(), rank: Type.Integer({ minimum: 1 }) }),
  ),
  missing_entitlements: Type.Array(Type.String()),
  /** While a payment is being settled: when the policy's days of grace are over. */
  grace_ends_at: NullableInstant,
  /** For a notice inside the product itself; null while payments are in order. */
  billing: nullable(BillingNotice),
  /** Present while an earlier key is shown. */
  rotated: nullable(Type.Object({ rotated_at: Instant, overlap_ends_at: Instant })),
  /** Releases from after this are not covered. */
  maintenance_ends_at: NullableInstant,
  license: nullable(LicenseDetails),
  /** Monotonic per license: of two answers the one with the higher version is newer. */
  license_version: nullable(Type.Integer()),
  /** When the license last changed. */
  as_of: NullableInstant,
  /** Of this month, where the tier has a quota. */
  quota: nullable(Type.Object({ limit: Type.Integer(), used: Type.Integer(), resets_at: Instant })),
  /** Compact JWS; only when asked for, and only with `valid`. */
  lease: nullable(Type.String()),
  /** What was asked, echoed. */
  scope: Type.Object(Scope),
  nonce: nullable(Type.String()),
  ts: Instant,
})
export type ValidateResponse = Static<typeof ValidateResponse>

/** `GET /api/v1/licenses/:id/usage`. */
export const UsageResponse = Type.Object({
  /** Newest month first; months without a validation are not listed. */
  months: Type.Array(
    Type.Object({
      month: Type.String({ pattern: '^\\d{4}-\\d{2}$' }),
      validations: Type.Integer(),
      last_validated_at: Instant,
    }),
  ),
})
export type UsageResponse = Static<typeof UsageResponse>
