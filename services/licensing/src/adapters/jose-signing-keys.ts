import { hkdfSync } from 'node:crypto'
import { type PublicSigningKey, SIGNATURE_ALGORITHM } from '@keyflow/client/protocol'
import {
  CompactEncrypt,
  CompactSign,
  type CryptoKey,
  calculateJwkThumbprint,
  compactDecrypt,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose'

/** A signing key as it is stored: the private half sealed. */
export interface StoredKeyPair {
  readonly publicKey: PublicSigningKey
  /** Compact JWE of the private JWK. */
  readonly sealed: string
}

/**
 * Makes, seals and opens signing keys. They are sealed with a key of their own that is derived from the issuer secret: a
 * stolen database signs nothing.
 */
export const createSigningCrypto = (issuerSecret: string) => {
  const sealingKey = new Uint8Array(hkdfSync('sha256', issuerSecret, '', 'keyflow signing keys at rest', 32))
  return {
    generate: async (): Promise<StoredKeyPair> => {
      const { privateKey } = await generateKeyPair(SIGNATURE_ALGORITHM, { extractable: true })
      const jwk = await exportJWK(privateKey)
      const kid = await calculateJwkThumbprint(jwk)
      const sealed = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(jwk)))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', typ: 'signing-key+jwe', kid })
        .encrypt(sealingKey)
      return { publicKey: { kty: 'OKP', crv: 'Ed25519', x: jwk.x ?? '', kid }, sealed }
    },
    /** Throws when the issuer secret is not the one that it was sealed with. */
    open: async (sealed: string): Promise<CryptoKey> => {
      const { plaintext } = await compactDecrypt(sealed, sealingKey)
      const jwk = JSON.parse(new TextDecoder().decode(plaintext)) as JWK
      return (await importJWK(jwk, SIGNATURE_ALGORITHM)) as CryptoKey
    },
  }
}
export type SigningCrypto = ReturnType<typeof createSigningCrypto>

/** A compact JWS over the JSON of `payload`. */
export const signJson = (
  payload: object,
  type: string,
  { kid, key }: { readonly kid: string; readonly key: CryptoKey },
): Promise<string> =>
  new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ alg: SIGNATURE_ALGORITHM, typ: type, kid })
    .sign(key)

export type { CryptoKey }
