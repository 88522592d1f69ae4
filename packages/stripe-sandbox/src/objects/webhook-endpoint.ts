import type { Faults } from '../webhooks/faults.ts'
import type { Metadata } from './metadata.ts'

export interface SigningSecret {
  readonly value: string
  /** Unix seconds after which it no longer signs; null for the current one. */
  readonly expires_at: number | null
}

export interface WebhookEndpointRecord {
  readonly object: 'webhook_endpoint'
  readonly id: string
  readonly created: number
  /** null follows the newest version. */
  readonly api_version: string | null
  readonly description: string | null
  readonly enabled_events: readonly string[]
  readonly faults: Faults
  readonly metadata: Metadata
  /** The current secret first. */
  readonly secrets: readonly SigningSecret[]
  readonly status: 'enabled' | 'disabled'
  readonly url: string
}

/** One event owed to one endpoint. */
export interface DeliveryRecord {
  readonly object: 'delivery'
  /** `<event>:<endpoint>` */
  readonly id: string
  readonly attempts: number
  readonly endpoint: string
  readonly event: string
  /** HTTP status of the last answer; null when there was none. */
  readonly last_status: number | null
  readonly state: 'pending' | 'succeeded' | 'failed'
}
