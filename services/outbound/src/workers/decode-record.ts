import {
  LicenseEvent,
  readWebhookEndpointRecord,
  TOPICS,
  type WebhookEndpointRecord,
} from '@keyflow/contracts'
import type { Decoded, IncomingRecord } from '@keyflow/runtime'
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
    if (wanted === null) return NOT_OURS
    const id = `endpoint:${wanted.id}:${wanted.version}:${wanted.changeId}`
    return { kind: 'item', id, eventType: 'webhook.endpoint', item: { kind: 'endpoint', record: wanted } }
  }
  const event = parse(record)
  if (!licenseEvent.Check(event)) return NOT_OURS
  const item = { kind: 'license' as const, event }
  return { kind: 'item', id: `license:${event.id}`, eventType: event.type, item }
}

const NOT_OURS: Decoded<OutboundItem> = {
  kind: 'dead',
  code: 'schema_violation',
  reason: 'the record does not have the shape of its topic',
}

const parse = (record: IncomingRecord): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(record.value ?? new Uint8Array()))
  } catch {
    return undefined
  }
}
