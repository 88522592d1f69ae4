import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'
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
  // As key objects: Node takes seven times as long to make a MAC with bytes, which it wraps anew each time.
  const derive = (use: string): KeyObject =>
    createSecretKey(Buffer.from(hkdfSync('sha256', issuerSecret, '', use, 32)))
  const derivation = derive('keyflow license key')
  const pepper = derive('keyflow key hash')
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
