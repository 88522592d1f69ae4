export const MAX_HEADER_LENGTH = 4096
export const MAX_SIGNATURES = 16

/** Why a signature does not hold; the values of a metric's label. */
export const SIGNATURE_FAILURES = ['missing', 'malformed', 'no_match', 'too_old', 'in_future'] as const
export type SignatureFailure = (typeof SIGNATURE_FAILURES)[number]

export interface SignatureHeader {
  /** As written in the header: these very characters are part of what was signed. */
  readonly timestamp: string
  /** The `v1` items, hexadecimal of 32 bytes each. Every other scheme is ignored: `v0` is a fake for test mode. */
  readonly signatures: readonly string[]
}

const TIMESTAMP = /^\d{1,12}$/
const SHA256_HEX = /^[0-9a-f]{64}$/i

/** Reads `t=<unix s>,v1=<hex>[,v1=<hex>…]`. Total: anything else is a reason. */
export const parseSignatureHeader = (text: string | undefined): SignatureHeader | SignatureFailure => {
  if (text === undefined || text === '') return 'missing'
  if (text.length > MAX_HEADER_LENGTH) return 'malformed'
  let timestamp: string | undefined
  let items = 0
  const signatures: string[] = []
  for (const part of text.split(',')) {
    const item = part.trim()
    if (item.startsWith('t=')) {
      const value = item.slice(2)
      // Node joins a repeated header by a comma: the same time twice is one time, two times are a contradiction.
      if (timestamp !== undefined && timestamp !== value) return 'malformed'
      timestamp = value
    } else if (item.startsWith('v1=')) {
      items += 1
      if (items > MAX_SIGNATURES) return 'malformed'
      const value = item.slice(3)
      if (SHA256_HEX.test(value)) signatures.push(value)
    }
  }
  if (timestamp === undefined || !TIMESTAMP.test(timestamp) || signatures.length === 0) return 'malformed'
  return { timestamp, signatures }
}

export const MAX_AGE_SECONDS = 300
export const MAX_AHEAD_SECONDS = 60

/** Whether an authentic signature is of now: an old one may be a replay, one of the future would outlive the limit. */
export const judgeAge = (header: SignatureHeader, nowSeconds: number): SignatureFailure | undefined => {
  const age = nowSeconds - Number(header.timestamp)
  if (age > MAX_AGE_SECONDS) return 'too_old'
  return -age > MAX_AHEAD_SECONDS ? 'in_future' : undefined
}
