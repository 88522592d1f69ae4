/** Crockford's base32: no I, L, O, U, so that a key can be read out over the phone. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const PREFIX = 'KF'
const BODY_LENGTH = 32
const GROUP = 6

/** 20 secret bytes -> `KF-XXXXXX-…`: 32 characters and 2 check characters in groups. */
export const formatKey = (secret: Uint8Array): string => {
  const body = encode(secret)
  const text = `${body}${checkOf(body)}`
  const groups: string[] = []
  for (let at = 0; at < text.length; at += GROUP) groups.push(text.slice(at, at + GROUP))
  return [PREFIX, ...groups].join('-')
}

/**
 * What a person typed -> the form that is hashed: case, dashes and spaces do not matter, I and L read as 1, O as 0.
 * null when it cannot be a key (wrong length, foreign characters, check characters do not fit): a typo costs no look-up.
 */
export const normalizeKey = (typed: string): string | null => {
  const compact = typed.toUpperCase().replace(/[\s_-]/g, '')
  if (!compact.startsWith(PREFIX)) return null
  const text = compact.slice(PREFIX.length).replace(/[IL]/g, '1').replace(/O/g, '0')
  if (text.length !== BODY_LENGTH + 2) return null
  const body = text.slice(0, BODY_LENGTH)
  for (const char of text) if (!ALPHABET.includes(char)) return null
  return text.slice(BODY_LENGTH) === checkOf(body) ? `${PREFIX}${text}` : null
}

export const last6 = (key: string): string => key.replaceAll('-', '').slice(-6)

const encode = (bytes: Uint8Array): string => {
  let text = ''
  let buffer = 0
  let bits = 0
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += ALPHABET[(buffer >> bits) & 31]
    }
    buffer &= (1 << bits) - 1
  }
  return text
}

/** Two base32 digits of a weighted sum modulo 1021 (a prime below 32²): catches every single typo and swap. */
const checkOf = (body: string): string => {
  let sum = 0
  for (let at = 0; at < body.length; at += 1)
    sum = (sum + (at + 1) * (ALPHABET.indexOf(body[at] as string) + 1)) % 1021
  return `${ALPHABET[sum >> 5]}${ALPHABET[sum & 31]}`
}
