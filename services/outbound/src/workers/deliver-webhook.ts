import type { Logger, Store } from '@keyflow/runtime'
import type { HttpCaller } from '../adapters/http-caller.ts'
import { type Delivery, putBy, type Settlement, settle } from '../adapters/mongo-deliveries.ts'
import { disable, findEndpoint, markFailed, markWell } from '../adapters/mongo-endpoints.ts'
import type { SecretBox } from '../adapters/secret-box.ts'
import { signatureHeaders } from '../adapters/webhook-signature.ts'
import type { Answer } from '../domain/attempt.ts'
import { type DisablePolicy, type Endpoint, isActive, isSustained } from '../domain/endpoint.ts'
import { nextWaitMs } from '../domain/retry-schedule.ts'
import type { OutboundMetrics } from '../outbound-metrics.ts'

export interface DeliverWebhookDeps {
  readonly store: Store
  readonly caller: HttpCaller
  readonly secrets: SecretBox
  readonly policy: DisablePolicy
  readonly metrics: OutboundMetrics
  readonly logger: Logger
  readonly clock: () => Date
  readonly random: () => number
}

/** An endpoint that says it is gone for good is believed at once. */
const GONE = 410

/** One attempt: signs, calls, records, and switches an endpoint off that has failed for too long. */
export const createDeliverWebhook = (deps: DeliverWebhookDeps) => {
  const { store, clock, metrics } = deps

  const switchOff = async (endpoint: Endpoint, why: 'failures' | 'gone'): Promise<void> => {
    if (!(await disable(store, endpoint, why, clock().getTime()))) return
    await putBy(store, endpoint.id)
    metrics.switchedOff(why)
    deps.logger.error(
      { endpoint: endpoint.id, why, failures: endpoint.failures },
      'webhook.endpoint_disabled',
    )
  }

  const attempt = async (endpoint: Endpoint, delivery: Delivery): Promise<Answer> => {
    const unixSeconds = Math.floor(clock().getTime() / 1000)
    const secrets = deps.secrets.inForce(endpoint, clock().getTime())
    return deps.caller.call({
      method: 'POST',
      url: endpoint.url,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Keyflow-Webhooks/1',
        ...signatureHeaders(secrets, delivery.subject, unixSeconds, delivery.body),
      },
      body: delivery.body,
    })
  }

  const settlementOf = (delivery: Delivery, answer: Answer): Settlement => {
    if (answer.result === 'ok') return { kind: 'delivered' }
    if (answer.status === GONE) return { kind: 'failed', note: 'endpoint_off' }
    const waitMs = nextWaitMs({
      attempts: delivery.failures + 1,
      elapsedMs: clock().getTime() - delivery.windowAt.getTime(),
      retryAfterMs: answer.retryAfterMs,
      random: deps.random(),
    })
    return waitMs === null ? { kind: 'failed', note: 'exhausted' } : { kind: 'retry', waitMs }
  }

  return async (delivery: Delivery): Promise<void> => {
    const endpoint = await findEndpoint(store, delivery.lane)
    if (endpoint === null || !isActive(endpoint)) return putBy(store, delivery.lane)
    const at = clock()
    const answer = await attempt(endpoint, delivery)
    const { retryAfterMs: _asked, result, status, durationMs } = answer
    metrics.attempted(result, durationMs / 1000)
    const settlement = settlementOf(delivery, answer)
    if (!(await settle(store, delivery, { at, durationMs, result, status }, settlement))) return
    deps.logger.info(
      {
        endpoint: endpoint.id,
        event_id: delivery.subject,
        type: delivery.type,
        result,
        status,
        took_ms: durationMs,
        attempt: delivery.failures + 1,
        outcome: settlement.kind,
      },
      'webhook.attempted',
    )
    if (settlement.kind !== 'retry') metrics.settled(settlement.kind)
    if (answer.result === 'ok') return markWell(store, endpoint.id)
    const now = clock().getTime()
    const failed = await markFailed(store, endpoint.id, now)
    if (status === GONE) return switchOff(failed ?? endpoint, 'gone')
    if (failed !== null && isSustained(failed.failingSince, failed.failures, now, deps.policy))
      await switchOff(failed, 'failures')
  }
}
