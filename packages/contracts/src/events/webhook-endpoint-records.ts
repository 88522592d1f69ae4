import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { oneOf } from '../schema/one-of.ts'
import { LICENSE_EVENT_TYPES } from './license-events.ts'

const Instant = Type.String({ format: 'date-time' })

/** What an endpoint may ask for: license events, and the event that a test sends. */
export const OUTGOING_EVENT_TYPES = [...LICENSE_EVENT_TYPES, 'webhook.test'] as const
export type OutgoingEventType = (typeof OUTGOING_EVENT_TYPES)[number]

/** A signing secret, wrapped by a master key. */
export const WebhookSecret = Type.Object({
  keyId: Type.String({ minLength: 1 }),
  masterId: Type.String({ minLength: 1 }),
  wrapped: Type.String({ minLength: 1 }),
  createdAt: Instant,
  /** Signs until then, beside the one that took its place; null = the newest. */
  expiresAt: Type.Union([Instant, Type.Null()]),
})
export type WebhookSecret = Static<typeof WebhookSecret>

/**
 * A record of `webhooks.endpoints`: an endpoint as somebody wants it. The highest version holds, so the log can be read
 * again from any place.
 */
export const WebhookEndpointRecord = Type.Object({
  /** `we_…` */
  id: Type.String({ minLength: 1 }),
  version: Type.Integer({ minimum: 1 }),
  /** Tells apart two changes that were made to the same version at once: the first in the log stands. */
  changeId: Type.String({ minLength: 1 }),
  url: Type.String({ minLength: 1 }),
  description: Type.String(),
  /** Null = all. */
  eventTypes: Type.Union([Type.Array(oneOf(OUTGOING_EVENT_TYPES)), Type.Null()]),
  /** Null = both modes. */
  livemode: Type.Union([Type.Boolean(), Type.Null()]),
  enabled: Type.Boolean(),
  deleted: Type.Boolean(),
  secrets: Type.Array(WebhookSecret),
  createdAt: Instant,
  updatedAt: Instant,
  actor: Type.String({ minLength: 1 }),
  reason: Type.String({ minLength: 1 }),
})
export type WebhookEndpointRecord = Static<typeof WebhookEndpointRecord>

const validator = Compile(WebhookEndpointRecord)

/** Null for anything that is not a record of that topic. */
export const readWebhookEndpointRecord = (bytes: Uint8Array | null): WebhookEndpointRecord | null => {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes ?? new Uint8Array()))
    return validator.Check(value) ? value : null
  } catch {
    return null
  }
}
