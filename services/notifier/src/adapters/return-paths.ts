import { createHmac, timingSafeEqual } from 'node:crypto'
import { SHORT_ID } from '../domain/message.ts'
import { derivedKey } from './address-hash.ts'

export interface ReturnPaths {
  /** Envelope sender of one message (VERP): a report that comes back to it is about that message. */
  readonly of: (messageId: string) => string
  /** First digits of the message's id; null for an address that we never gave out. */
  readonly shortIdOf: (address: string) => string | null
}

const MAC_LENGTH = 12

/** `b@bounce.example.com` -> `b+<id>-<mac>@bounce.example.com`: nobody can report about a message that they were not sent. */
export const createReturnPaths = (options: {
  readonly secret: Uint8Array
  readonly bounceAddress: string | null
  readonly sender: string
}): ReturnPaths => {
  const key = derivedKey(options.secret, 'return-path')
  const sign = (id: string): string => createHmac('sha256', key).update(id).digest('hex').slice(0, MAC_LENGTH)
  return {
    of: (messageId) => {
      if (options.bounceAddress === null) return options.sender
      const at = options.bounceAddress.lastIndexOf('@')
      const id = messageId.slice(0, SHORT_ID)
      return `${options.bounceAddress.slice(0, at)}+${id}-${sign(id)}${options.bounceAddress.slice(at)}`
    },
    shortIdOf: (address) => {
      const [, id = '', mac = ''] = /\+([0-9a-f]{40})-([0-9a-f]{12})@/i.exec(address) ?? []
      const given = Buffer.from(mac.toLowerCase())
      const expected = Buffer.from(sign(id.toLowerCase()))
      return given.length === expected.length && timingSafeEqual(given, expected) ? id.toLowerCase() : null
    },
  }
}
