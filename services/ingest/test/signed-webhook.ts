import { createHmac } from 'node:crypto'

export const SECRET = 'whsec_0123456789abcdef0123456789abcdef'

/** A small event whose object has a customer; anything may be overridden. */
export const eventOf = (overrides: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  id: 'evt_1',
  object: 'event',
  api_version: '2026-10-28.endive',
  created: 1_790_000_000,
  data: { object: { id: 'sub_1', object: 'subscription', customer: 'cus_1' } },
  livemode: false,
  pending_webhooks: 1,
  request: null,
  type: 'customer.subscription.updated',
  ...overrides,
})

export interface Signing {
  readonly secret?: string
  /** Unix seconds; now when absent. */
  readonly at?: number
}

/** Hexadecimal HMAC over `<at>.<body>`. */
export const macOf = (body: string | Uint8Array, at: number, secret = SECRET): string =>
  createHmac('sha256', secret).update(`${at}.`).update(body).digest('hex')

/** The Stripe-Signature header of a body. */
export const signatureOf = (body: string | Uint8Array, { secret = SECRET, at }: Signing = {}): string => {
  const time = at ?? Math.floor(Date.now() / 1000)
  return `t=${time},v1=${macOf(body, time, secret)}`
}

export interface WebhookRequest {
  readonly body: string | Uint8Array
  readonly path?: string
  /** `null` sends none. */
  readonly signature?: string | null
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends one webhook to an ingest and answers status, parsed body and headers. */
export const post = async (base: string, { body, path = '', signature, headers }: WebhookRequest) => {
  const signed = signature === null ? {} : { 'stripe-signature': signature ?? signatureOf(body) }
  const response = await fetch(`${base}/api/v1/webhooks/stripe${path}`, {
    method: 'POST',
    body: body as NonNullable<RequestInit['body']>,
    headers: { 'content-type': 'application/json; charset=utf-8', ...signed, ...headers },
  })
  return { status: response.status, body: await response.json(), headers: response.headers }
}
