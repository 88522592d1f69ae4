import { CompactEncrypt } from 'jose'

/** Encrypts a license key for the notifier: compact JWE, direct encryption with the shared transport key. */
export const createKeyTransport = (transportKey: Uint8Array) => ({
  seal: (keyText: string, licenseId: string): Promise<string> =>
    new CompactEncrypt(new TextEncoder().encode(keyText))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', typ: 'license-key+jwe', sub: licenseId })
      .encrypt(transportKey),
})
export type KeyTransport = ReturnType<typeof createKeyTransport>
