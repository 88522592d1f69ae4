import { createHmac, hkdfSync } from 'node:crypto'
import { formatKey, last6, normalizeKey } from '../domain/license-key.ts'

export interface IssuedKey {
  /** The only form a person sees; never stored, never logged. */
  readonly text: string
  readonly hash: string
  readonly last6: string
}

/** Derives keys and their hashes from the issuer secret: a stolen database holds no keys, a rebuild gives the same ones. */
export interface LicenseKeys {
  readonly issue: (licenseId: string, keyVersion: number) => IssuedKey
  /** Keyed hash of what a person typed: of a key of ours in its normal form, of any other text (an imported key) as it is. */
  readonly hashTyped: (typed: string) => string
}

/** No key of ours begins so. */
const FOREIGN = 'foreign:'

export const createLicenseKeys = (issuerSecret: string): LicenseKeys => {
  const derivation = Buffer.from(hkdfSync('sha256', issuerSecret, '', 'keyflow license key', 32))
  const pepper = Buffer.from(hkdfSync('sha256', issuerSecret, '', 'keyflow key hash', 32))
  const hash = (normalized: string): string => createHmac('sha256', pepper).update(normalized).digest('hex')
  return {
    issue: (licenseId, keyVersion) => {
      const secret = createHmac('sha256', derivation)
        .update(`${licenseId}:${keyVersion}`)
        .digest()
        .subarray(0, 20)
      const text = formatKey(secret)
      return { text, hash: hash(normalizeKey(text) ?? `${FOREIGN}${text}`), last6: last6(text) }
    },
    hashTyped: (typed) => hash(normalizeKey(typed) ?? `${FOREIGN}${typed.trim()}`),
  }
}
