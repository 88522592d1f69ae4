import { createHmac } from 'node:crypto'

const PREFIX = 'whsec_'

/** As a receiver is given it: `whsec_` and base64 of the secret's bytes. */
export const secretText = (secret: Uint8Array): string => `${PREFIX}${Buffer.from(secret).toString('base64')}`

/**
 * Headers of Standard Webhooks: id, time (unix seconds) and one signature for each secret that is in force, so that a
 * receiver may hold the old or the new one while a secret is being changed.
 */
export const signatureHeaders = (
  secrets: readonly Uint8Array[],
  id: string,
  unixSeconds: number,
  body: string,
): Readonly<Record<string, string>> => ({
  'webhook-id': id,
  'webhook-timestamp': String(unixSeconds),
  'webhook-signature': secrets
    .map((secret) => createHmac('sha256', secret).update(`${id}.${unixSeconds}.${body}`).digest('base64'))
    .map((signature) => `v1,${signature}`)
    .join(' '),
})
