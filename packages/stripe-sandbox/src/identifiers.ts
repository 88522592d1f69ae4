import { randomInt } from 'node:crypto'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Random letters and digits, as Stripe's ids are made of. */
export const randomToken = (length: number): string => {
  let token = ''
  for (let index = 0; index < length; index += 1) token += ALPHABET.charAt(randomInt(ALPHABET.length))
  return token
}

/** Stripe's ids are 14 characters for customers and catalog, 24 for what money moves through. */
const LENGTHS: Readonly<Record<string, number>> = { cus: 14, prod: 14, si: 14, req: 14, cs_test: 58 }

/** A new id such as `cus_Qx…`; `prefix` is given without the underscore. */
export const newId = (prefix: string): string => `${prefix}_${randomToken(LENGTHS[prefix] ?? 24)}`

/** A signing secret. The whole string, prefix included, is the HMAC key. */
export const newSigningSecret = (): string => `whsec_${randomToken(32)}`
