/** Where a request comes from. `unknown`: a private address, so a proxy stands in between that nobody told us of. */
export type Origin = 'stripe' | 'stranger' | 'unknown'
export type Attribute = (address: string) => Origin

const PRIVATE = [
  /^127\./,
  /^10\./,
  /^192\.168\./,
  /^172\.(1[6-9]|2\d|3[01])\./,
  /^169\.254\./,
  /^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./,
  /^::1$/,
  /^f[cd]/i,
  /^fe[89ab]/i,
]

/** Tells Stripe's published addresses from strangers'. An address that no proxy vouches for is nobody's. */
export const createAttribution = (stripeAddresses: readonly string[]): Attribute => {
  const known = new Set(stripeAddresses)
  return (address) => {
    const plain = address.replace(/^::ffff:/, '')
    if (known.has(plain)) return 'stripe'
    return PRIVATE.some((range) => range.test(plain)) ? 'unknown' : 'stranger'
  }
}
