import { createHmac, hkdfSync } from 'node:crypto'

/** Keyed hash of an address, case-folded: finds it again and does not tell it. */
export type HashAddress = (address: string) => string

/** Keys for the notifier's own use, derived from the one secret that it has anyway. */
export const derivedKey = (secret: Uint8Array, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, new Uint8Array(), `keyflow/notifier/${purpose}`, 32))

export const createHashAddress = (secret: Uint8Array): HashAddress => {
  const key = derivedKey(secret, 'address-hash')
  return (address) => createHmac('sha256', key).update(address.trim().toLowerCase()).digest('base64url')
}
