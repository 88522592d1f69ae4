import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'
import type { SignatureHeader } from '../domain/signature-header.ts'

/** Index of the secret that signed these bytes; -1 when none did. */
export type Verify = (header: SignatureHeader, body: Uint8Array) => number

/**
 * HMAC-SHA-256 over `<timestamp>.<body>`, the body as received. The key is the whole `whsec_…` text: what follows the
 * prefix is not decoded. Every secret meets every signature, so that the time taken tells nothing about which matched.
 */
export const createVerifier = (secrets: readonly string[]): Verify => {
  const keys = secrets.map((secret) => createSecretKey(Buffer.from(secret, 'utf8')))
  return (header, body) => {
    const candidates = header.signatures.map((signature) => Buffer.from(signature, 'hex'))
    let matched = -1
    for (let slot = keys.length - 1; slot >= 0; slot -= 1) {
      const key = keys[slot]
      if (key === undefined) continue
      const digest = createHmac('sha256', key).update(`${header.timestamp}.`).update(body).digest()
      for (const candidate of candidates) if (timingSafeEqual(digest, candidate)) matched = slot
    }
    return matched
  }
}
