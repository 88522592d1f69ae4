import type { WebhookEndpointRecord } from '@keyflow/contracts'
import type { OutgoingEvent } from './event-payload.ts'

/** An endpoint as it is wanted, and how it fares. */
export interface Endpoint extends WebhookEndpointRecord {
  /** First failure since the last success, unix milliseconds; null while it takes what it is sent. */
  readonly failingSince: number | null
  /** Attempts that failed since the last success. */
  readonly failures: number
  /** Why Keyflow itself sends no more; an operator's change of the endpoint ends it. */
  readonly disabledFor: 'failures' | 'gone' | null
  readonly disabledAt: number | null
}

export const isActive = (endpoint: Endpoint): boolean =>
  endpoint.enabled && !endpoint.deleted && endpoint.disabledFor === null

/** What happened before an endpoint was there is not its business: a replayed log does not pour into a new one. */
export const wants = (endpoint: Endpoint, event: OutgoingEvent): boolean =>
  !endpoint.deleted &&
  (endpoint.livemode === null || endpoint.livemode === event.livemode) &&
  (endpoint.eventTypes === null || endpoint.eventTypes.some((type) => type === event.type)) &&
  event.at >= Date.parse(endpoint.createdAt)

/** A short outage of a receiver is no reason, however busy it is; nor are two failures a month apart. */
export interface DisablePolicy {
  readonly afterMs: number
  readonly minFailures: number
}

/** Whether a failure at `now` is one too many. */
export const isSustained = (
  failingSince: number | null,
  failures: number,
  now: number,
  policy: DisablePolicy,
): boolean => failingSince !== null && now - failingSince >= policy.afterMs && failures >= policy.minFailures
