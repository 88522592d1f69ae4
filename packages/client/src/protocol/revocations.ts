/** `typ` of a revocation statement. */
export const REVOCATIONS_TYPE = 'revocations+jwt'

/**
 * Leases that must not be believed any more. An entry names a license by a digest, and the instant up to which leases were
 * issued that do not count; 0 takes the license's earlier entries back.
 */
export interface RevocationStatement {
  readonly iss: string
  /** When this was true: a client that has seen a later statement refuses this one. Unix seconds. */
  readonly iat: number
  /** Grows with every revocation: where to ask on from. */
  readonly epoch: number
  /** Entries from after this epoch are listed; 0 = all that a living lease can be subject to. */
  readonly since: number
  /** Unix seconds. */
  readonly entries: readonly (readonly [license: string, revokedAt: number])[]
}

/** Bytes of SHA-256 over the license's id, in base64url: whoever reads a statement learns nothing of other licenses. */
export const REVOCATION_DIGEST_BYTES = 16
