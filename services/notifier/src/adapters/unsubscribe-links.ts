import { createHmac, timingSafeEqual } from 'node:crypto'
import { derivedKey, type HashAddress } from './address-hash.ts'

export interface UnsubscribeLinks {
  /** Null where this service has no public address. */
  readonly linkFor: (address: string) => string | null
  /** Hash of the address that a token stands for; null for a token that is not ours. */
  readonly addressHashOf: (token: string) => string | null
}

/** Links that unsubscribe one address and say nothing of it. They work for ever: an old mail must not be a dead end. */
export const createUnsubscribeLinks = (options: {
  readonly secret: Uint8Array
  readonly hash: HashAddress
  /** Without a trailing slash. */
  readonly publicUrl: string | null
}): UnsubscribeLinks => {
  const key = derivedKey(options.secret, 'unsubscribe')
  const sign = (hash: string): string =>
    createHmac('sha256', key).update(hash).digest('base64url').slice(0, 22)
  return {
    linkFor: (address) => {
      if (options.publicUrl === null) return null
      const hash = options.hash(address)
      return `${options.publicUrl}/u/${hash}.${sign(hash)}`
    },
    addressHashOf: (token) => {
      const [hash = '', signature = '', ...more] = token.split('.')
      const expected = Buffer.from(sign(hash))
      const given = Buffer.from(signature)
      const isOurs = given.length === expected.length && timingSafeEqual(given, expected)
      return isOurs && more.length === 0 ? hash : null
    },
  }
}
