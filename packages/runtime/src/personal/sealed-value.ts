import { decrypt, encrypt } from './aes-gcm.ts'

const VERSION = 'kfp1'

/** A sealed value taken apart: whom it is about, and which of their keys opens it. */
export interface SealedParts {
  readonly subject: string
  readonly keyId: string
  /** Everything before the ciphertext; authenticated. */
  readonly header: string
  readonly body: string
}

/**
 * `kfp1.<subject>.<key id>.<ciphertext>`: text that may stand wherever the value would. The subject stands in it, so that
 * whoever opens it needs nothing else; it is a pseudonym (a Stripe id), never an address.
 */
export const sealValue = (dataKey: Uint8Array, subject: string, keyId: string, value: unknown): string => {
  const header = `${VERSION}.${Buffer.from(subject).toString('base64url')}.${keyId}`
  return `${header}.${encrypt(dataKey, Buffer.from(JSON.stringify(value)), header).toString('base64url')}`
}

/** Null when the text is no sealed value. */
export const partsOf = (sealed: string): SealedParts | null => {
  const [version, subject, keyId, body, ...more] = sealed.split('.')
  if (version !== VERSION || !subject || !keyId || !body || more.length > 0) return null
  const header = `${version}.${subject}.${keyId}`
  return { subject: Buffer.from(subject, 'base64url').toString(), keyId, header, body }
}

/** Throws an `invalid` KeyflowError when the key is not the one, or the text was altered. */
export const openValue = (dataKey: Uint8Array, parts: SealedParts): unknown =>
  JSON.parse(decrypt(dataKey, Buffer.from(parts.body, 'base64url'), parts.header).toString())
