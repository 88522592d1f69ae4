import { KeyflowError } from '@keyflow/runtime'
import { compactDecrypt } from 'jose'

export interface KeyTransport {
  /** The license key inside a compact JWE. Throws an `invalid` KeyflowError when it was sealed with another secret or altered. */
  readonly open: (jwe: string) => Promise<string>
}

/** Opens what licensing sealed: direct encryption under any of the shared transport secrets, and no other algorithm. */
export const createKeyTransport = (secrets: readonly Uint8Array[]): KeyTransport => ({
  open: async (jwe) => {
    let cause: unknown
    for (const secret of secrets)
      try {
        const { plaintext } = await compactDecrypt(jwe, secret, {
          keyManagementAlgorithms: ['dir'],
          contentEncryptionAlgorithms: ['A256GCM'],
        })
        return new TextDecoder().decode(plaintext)
      } catch (error) {
        cause = error
      }
    throw new KeyflowError('invalid', 'KEY_UNREADABLE', 'the license key cannot be decrypted', { cause })
  },
})
