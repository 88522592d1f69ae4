import type { Keyset, PublicSigningKey, SigningKeyState } from '@keyflow/client/protocol'

export interface KeyToPublish {
  readonly publicKey: PublicSigningKey
  readonly state: SigningKeyState
  readonly retiredAt: Date | null
}

/** No lease may live longer, whatever a catalog says: retired keys and revocations are kept for as long. Seconds. */
export const LONGEST_LEASE = 90 * 86_400

/** Clients may be this late in taking up a keyset. Seconds. */
const UPTAKE = 7 * 86_400

/** The keyset that everybody may read: retired keys for as long as a lease of theirs may be alive. */
export const keysetOf = (keys: readonly KeyToPublish[], endorsement: string | null, now: Date): Keyset => ({
  keys: keys.flatMap(({ publicKey, state, retiredAt }) => {
    if (state === 'revoked') return []
    const isOver = retiredAt !== null && now.getTime() - retiredAt.getTime() > (LONGEST_LEASE + UPTAKE) * 1000
    return isOver ? [] : [{ ...publicKey, use: 'sig' as const, alg: 'EdDSA' as const, status: state }]
  }),
  revoked: keys.filter(({ state }) => state === 'revoked').map(({ publicKey }) => publicKey.kid),
  endorsement,
})
