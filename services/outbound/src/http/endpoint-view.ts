import type { Delivery } from '../adapters/mongo-deliveries.ts'
import type { Endpoint } from '../domain/endpoint.ts'

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())

/** An endpoint as operators see it; of its secrets only that they are there. */
export const endpointView = (endpoint: Endpoint, now: number) => ({
  id: endpoint.id,
  url: endpoint.url,
  description: endpoint.description,
  event_types: endpoint.eventTypes,
  livemode: endpoint.livemode,
  state: endpoint.disabledFor !== null ? 'disabled' : endpoint.enabled ? 'active' : 'off',
  disabled_for: endpoint.disabledFor,
  disabled_at: iso(endpoint.disabledAt),
  failing_since: iso(endpoint.failingSince),
  failures: endpoint.failures,
  secrets: endpoint.secrets
    .filter(({ expiresAt }) => expiresAt === null || Date.parse(expiresAt) > now)
    .map(({ createdAt, expiresAt }) => ({ created_at: createdAt, expires_at: expiresAt })),
  version: endpoint.version,
  created_at: endpoint.createdAt,
  updated_at: endpoint.updatedAt,
  actor: endpoint.actor,
  reason: endpoint.reason,
})

export const deliveryView = (delivery: Delivery) => ({
  id: delivery._id,
  endpoint: delivery.lane,
  event: delivery.subject,
  type: delivery.type,
  state: delivery.state,
  note: delivery.note,
  next_attempt_at:
    delivery.state === 'pending'
      ? new Date(Math.max(delivery.dueAt.getTime(), delivery.windowAt.getTime())).toISOString()
      : null,
  created_at: delivery.createdAt.toISOString(),
  settled_at: delivery.settledAt?.toISOString() ?? null,
  attempts: delivery.attempts.map(({ at, durationMs, result, status }) => ({
    at: at.toISOString(),
    duration_ms: durationMs,
    result,
    status,
  })),
})
