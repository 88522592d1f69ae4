import { createHmac } from 'node:crypto'
import { createEventBody } from './stripe-event.ts'

export const SECRET = 'whsec_benchmark0123456789abcdef'
export const PATH = '/api/v1/webhooks/stripe'

const signatureOf = (body: Buffer): string => {
  const time = Math.floor(Date.now() / 1000)
  const mac = createHmac('sha256', SECRET).update(`${time}.`).update(body).digest('hex')
  return `t=${time},v1=${mac}`
}

const requestOf = (body: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(
      [
        `POST ${PATH} HTTP/1.1`,
        'Host: 127.0.0.1',
        'User-Agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)',
        'Accept: */*; q=0.5, application/xml',
        'Content-Type: application/json; charset=utf-8',
        'Cache-Control: no-cache',
        `Content-Length: ${body.length}`,
        `Stripe-Signature: ${signatureOf(body)}`,
        '',
        '',
      ].join('\r\n'),
    ),
    body,
  ])

/** Whole HTTP requests, each a different event, signed now: good for five minutes. */
export const createSignedRequests = (count: number): readonly Buffer[] =>
  Array.from({ length: count }, () => requestOf(createEventBody()))
