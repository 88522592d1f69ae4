import { type Static, Type } from 'typebox'
import { nullable } from '../schema/nullable.ts'
import { oneOf } from '../schema/one-of.ts'
import { Actor, Reason } from './audit.ts'

const Instant = Type.String({ format: 'date-time' })
/** RFC 7638. */
const Thumbprint = Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' })

/** `GET /.well-known/jwks.json`: a JWK Set (RFC 7517) with two members of our own. */
export const KeysetResponse = Type.Object({
  keys: Type.Array(
    Type.Object({
      kty: Type.Literal('OKP'),
      crv: Type.Literal('Ed25519'),
      x: Type.String(),
      kid: Thumbprint,
      use: Type.Literal('sig'),
      alg: Type.Literal('EdDSA'),
      /** `next` does not sign yet, `retired` verifies only. */
      status: oneOf(['next', 'active', 'retired']),
    }),
  ),
  /** What these have signed is refused. */
  revoked: Type.Array(Thumbprint),
  /** The keys and revocations as the offline root has signed them: compact JWS. */
  endorsement: nullable(Type.String()),
})

/** `GET /api/v1/revocations`. */
export const RevocationsResponse = Type.Object({
  /** To ask on from: `?since=`. */
  epoch: Type.Integer(),
  /** Compact JWS of type `revocations+jwt`. */
  statement: Type.String(),
})

export const RotateSigningKeyRequest = Type.Object(
  {
    actor: Type.Optional(Actor),
    reason: Reason,
    /** Thumbprint that must be active; of two requests that name the same one, one rotates. */
    from: Type.Optional(Thumbprint),
    /** The key leaked: every lease that it signed is refused from now on. */
    revoke: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)
export type RotateSigningKeyRequest = Static<typeof RotateSigningKeyRequest>

export const RevokeSigningKeyRequest = Type.Object(
  { actor: Type.Optional(Actor), reason: Reason },
  { additionalProperties: false },
)
export type RevokeSigningKeyRequest = Static<typeof RevokeSigningKeyRequest>

export const EndorseKeysetRequest = Type.Object(
  { endorsement: Type.String({ maxLength: 20_000 }) },
  { additionalProperties: false },
)
export type EndorseKeysetRequest = Static<typeof EndorseKeysetRequest>

export const SigningKeyListResponse = Type.Object({
  /** Newest first. */
  signing_keys: Type.Array(
    Type.Object({
      kid: Thumbprint,
      status: oneOf(['next', 'active', 'retired', 'revoked']),
      created_at: Instant,
      activated_at: nullable(Instant),
      retired_at: nullable(Instant),
      revoked_at: nullable(Instant),
    }),
  ),
})
export type SigningKeyListResponse = Static<typeof SigningKeyListResponse>
