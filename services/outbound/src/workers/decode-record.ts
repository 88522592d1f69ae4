import {
  LicenseEvent,
  readWebhookEndpointRecord,
  TOPICS,
  type WebhookEndpointRecord,
} from '@keyflow/contracts'
import { type Decoded, type IncomingRecord, jsonOf, WRONG_SHAPE } from '@keyflow/runtime'
import { Compile } from 'typebox/compile'

/** What goes out, and where to. */
export type OutboundItem =
  | { readonly kind: 'license'; readonly event: LicenseEvent }
  | { readonly kind: 'endpoint'; readonly record: WebhookEndpointRecord }

const licenseEvent = Compile(LicenseEvent)

/** Total: an odd record becomes a dead letter, never an exception. */
export const decodeRecord = (record: IncomingRecord): Decoded<OutboundItem> => {
  if (record.topic.endsWith(TOPICS.webhookEndpoints.name)) {
    const wanted = readWebhookEndpointRecord(record.value)
    if (wanted === null) return WRONG_SHAPE
    const id = `endpoint:${wanted.id}:${wanted.version}:${wanted.changeId}`
    return { kind: 'item', id, eventType: 'webhook.endpoint', item: { kind: 'endpoint', record: wanted } }
  }
  const event = jsonOf(record)
  if (!licenseEvent.Check(event)) return WRONG_SHAPE
  const item = { kind: 'license' as const, event }
  return { kind: 'item', id: `license:${event.id}`, eventType: event.type, item }
}
