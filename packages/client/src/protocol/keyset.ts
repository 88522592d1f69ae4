/** `typ` of a keyset that the offline root has signed. */
export const KEYSET_TYPE = 'keyset+jwt'

/**
 * `next` is published and does not sign yet, so that clients know it before they meet it; `retired` verifies what it has
 * signed; what a revoked key has signed is refused.
 */
export type SigningKeyState = 'next' | 'active' | 'retired' | 'revoked'

/** A public Ed25519 key. */
export interface PublicSigningKey {
  readonly kty: 'OKP'
  readonly crv: 'Ed25519'
  readonly x: string
  /** RFC 7638 thumbprint. */
  readonly kid: string
}

export interface PublishedKey extends PublicSigningKey {
  readonly use: 'sig'
  readonly alg: 'EdDSA'
  readonly status: Exclude<SigningKeyState, 'revoked'>
}

/** `/.well-known/jwks.json`. */
export interface Keyset {
  readonly keys: readonly PublishedKey[]
  /** Thumbprints of keys that must no longer be believed. */
  readonly revoked: readonly string[]
  /** The keyset as the offline root has signed it last (compact JWS of EndorsedKeys); null where there is no root. */
  readonly endorsement: string | null
}

/** What the offline root signs: the keys that clients may believe, whoever publishes them. */
export interface EndorsedKeys {
  /** Unix seconds; a client that has seen a later one refuses this one. */
  readonly iat: number
  readonly keys: readonly PublicSigningKey[]
  readonly revoked: readonly string[]
}
