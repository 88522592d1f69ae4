import { createHmac } from 'node:crypto'

const digest = (secret: string, payload: string): string =>
  createHmac('sha256', secret).update(payload).digest('hex')

/**
 * The `Stripe-Signature` header: one `v1` for each active secret, over `<t>.<body>`.
 * `at` is Unix seconds; the secrets are used whole, with their `whsec_`.
 */
export const signatureHeader = (body: string, secrets: readonly string[], at: number): string =>
  [`t=${at}`, ...secrets.map((secret) => `v1=${digest(secret, `${at}.${body}`)}`)].join(',')
