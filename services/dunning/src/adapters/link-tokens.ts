import { createHmac, timingSafeEqual } from 'node:crypto'
import type { KeyRing } from '@keyflow/runtime'

/** What a link says; `expired` was ours once. */
export type LinkRead =
  | { readonly state: 'valid' | 'expired'; readonly caseId: string }
  | { readonly state: 'forged' }

export interface LinkTokens {
  /** `expiresAt`: unix seconds, everybody's clock. */
  readonly sign: (caseId: string, expiresAt: number) => string
  readonly read: (token: string, now: number) => LinkRead
}

const TOKEN = /^([A-Za-z0-9_-]{1,40})\.([0-9a-z]{1,9})\.([A-Za-z0-9_-]{1,240})\.([A-Za-z0-9_-]{43})$/

/**
 * Links that cannot be made up: key id, expiry and case, under an HMAC. They name a case by Stripe's ids and nobody by name or
 * address. The first key signs; a link lives as long as its key is kept, so taking a key away revokes what it signed.
 */
export const createLinkTokens = (keys: KeyRing): LinkTokens => {
  const byId = new Map(keys)
  const [current] = keys
  if (current === undefined) throw new Error('no key to sign links with')
  const [currentId] = current
  return {
    sign: (caseId, expiresAt) => {
      const claim = `${currentId}.${expiresAt.toString(36)}.${Buffer.from(caseId).toString('base64url')}`
      return `${claim}.${macOf(current[1], claim).toString('base64url')}`
    },
    read: (token, now) => {
      const [, id = '', expiry = '', name = '', mac = ''] = TOKEN.exec(token) ?? []
      const key = byId.get(id)
      if (key === undefined) return { state: 'forged' }
      const given = Buffer.from(mac, 'base64url')
      const expected = macOf(key, `${id}.${expiry}.${name}`)
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return { state: 'forged' }
      const caseId = Buffer.from(name, 'base64url').toString()
      return { state: Number.parseInt(expiry, 36) < now ? 'expired' : 'valid', caseId }
    },
  }
}

/** The name keeps what is signed here from ever being taken for something else under the same key. */
const macOf = (key: Uint8Array, claim: string): Buffer =>
  createHmac('sha256', key).update(`keyflow payment link\n${claim}`).digest()
