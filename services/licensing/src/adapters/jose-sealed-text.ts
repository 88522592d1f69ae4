import { hkdfSync } from 'node:crypto'
import { CompactEncrypt, compactDecrypt } from 'jose'

/** Seals what this service alone reads again; the key follows from the issuer secret. */
export const createSealedText = (issuerSecret: string) => {
  const key = new Uint8Array(hkdfSync('sha256', issuerSecret, '', 'keyflow kept answers', 32))
  return {
    seal: (text: string): Promise<string> =>
      new CompactEncrypt(new TextEncoder().encode(text))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .encrypt(key),
    /** Throws when it was altered, or sealed under another issuer secret. */
    open: async (sealed: string): Promise<string> => {
      const options = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] }
      return new TextDecoder().decode((await compactDecrypt(sealed, key, options)).plaintext)
    },
  }
}
export type SealedText = ReturnType<typeof createSealedText>
