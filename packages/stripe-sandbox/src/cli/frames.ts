import { eventBody } from '../events/event-body.ts'
import { newId } from '../identifiers.ts'
import type { EventRecord } from '../objects/event.ts'
import { NEWEST_VERSION } from '../render/versions.ts'
import { signatureHeader } from '../webhooks/sign.ts'

/**
 * The text frame that makes a `stripe listen` forward one event. The CLI signs nothing, so the signature is
 * made here. `api_version` has to be null: otherwise the CLI confirms the event and drops it without a word.
 */
export const webhookFrame = (event: EventRecord, secret: string, at: number): string => {
  const payload = JSON.stringify(eventBody(event, NEWEST_VERSION, event.endpoints.length + 1), null, 2)
  return JSON.stringify({
    type: 'webhook_event',
    endpoint: { api_version: null },
    event_payload: payload,
    http_headers: {
      Accept: '*/*; q=0.5, application/xml',
      'Cache-Control': 'no-cache',
      'Content-Type': 'application/json; charset=utf-8',
      'Stripe-Signature': signatureHeader(payload, [secret], at),
      'User-Agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
    },
    webhook_conversation_id: newId('wc'),
    webhook_id: newId('wh'),
  })
}
