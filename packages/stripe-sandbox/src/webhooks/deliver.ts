import type { Clock } from '../clock.ts'
import { eventBody } from '../events/event-body.ts'
import type { EventRecord } from '../objects/event.ts'
import type { DeliveryRecord, WebhookEndpointRecord } from '../objects/webhook-endpoint.ts'
import { NEWEST_VERSION } from '../render/versions.ts'
import { seededRandom } from '../seeded-random.ts'
import type { Store } from '../store/store.ts'
import { type RetryPolicy, retryDelay } from './backoff.ts'
import { deliveryId } from './delivery-id.ts'
import { createLane, type Job, type Lane } from './lane.ts'
import { createPoster } from './post.ts'
import { signatureHeader } from './sign.ts'
import { createTimers } from './timers.ts'

export interface DeliveryOptions {
  readonly retry: RetryPolicy
  /** Milliseconds that an endpoint may take to answer. */
  readonly timeoutMs: number
  /** Requests in flight to one endpoint. */
  readonly concurrency: number
  readonly onError: (error: unknown) => void
}

export interface Deliverer {
  /** Sends what the events owe to the endpoints. Call after the commit. */
  readonly announce: (events: readonly EventRecord[]) => void
  /** Sends one event to one endpoint again. */
  readonly resend: (delivery: DeliveryRecord) => void
  /** Takes up what was pending when the sandbox last stopped. */
  readonly resume: () => void
  readonly stop: () => void
}

/** Secrets that sign at this moment, Unix seconds. */
const activeSecrets = ({ secrets }: WebhookEndpointRecord, now: number): readonly string[] =>
  secrets.filter((secret) => secret.expires_at === null || secret.expires_at > now).map(({ value }) => value)

/** Delivers events to webhook endpoints as Stripe does: signed anew for each attempt, retried until a 2xx. */
export const createDeliverer = (store: Store, clock: Clock, options: DeliveryOptions): Deliverer => {
  const poster = createPoster(options.timeoutMs)
  const timers = createTimers()
  const lanes = new Map<string, { readonly lane: Lane; readonly faults: string }>()
  const jitter = seededRandom(1)
  let stopped = false

  const laneOf = (endpoint: WebhookEndpointRecord): Lane => {
    const faults = JSON.stringify(endpoint.faults)
    const known = lanes.get(endpoint.id)
    if (known?.faults === faults) return known.lane
    const lane = createLane(endpoint.faults, options.concurrency, timers, send)
    lanes.set(endpoint.id, { lane, faults })
    return lane
  }

  const post = (event: EventRecord, endpoint: WebhookEndpointRecord): Promise<number | null> => {
    const version = endpoint.api_version ?? NEWEST_VERSION
    const body = JSON.stringify(eventBody(event, version, event.endpoints.length), null, 2)
    const now = Math.floor(clock.now() / 1000)
    const signature = signatureHeader(body, activeSecrets(endpoint, now), now)
    return poster.post({ url: endpoint.url, body, signature })
  }

  const settle = (id: string, endpoint: WebhookEndpointRecord, status: number | null): void => {
    const delivery = store.get('delivery', id)
    if (delivery === undefined) return
    const delivered = status !== null && status >= 200 && status < 300
    const attempts = delivery.attempts + 1
    const exhausted = attempts >= options.retry.attempts
    const state = delivered ? 'succeeded' : exhausted ? 'failed' : 'pending'
    store.put<DeliveryRecord>({ ...delivery, attempts, last_status: status, state })
    store.commit()
    if (state === 'pending')
      timers.after(retryDelay(options.retry, attempts, jitter), () => laneOf(endpoint).again(id))
  }

  const attempt = async ({ delivery: id, copy, dropped }: Job): Promise<void> => {
    const delivery = store.get('delivery', id)
    if (stopped || delivery === undefined) return
    const event = store.get('event', delivery.event)
    const endpoint = store.get('webhook_endpoint', delivery.endpoint)
    if (event === undefined || endpoint === undefined || endpoint.status === 'disabled') {
      store.put<DeliveryRecord>({ ...delivery, state: 'failed' })
      store.commit()
      return
    }
    const status = dropped ? null : await post(event, endpoint)
    if (!copy && !stopped) settle(id, endpoint, status)
  }

  /** A result that cannot be kept (a full disk) is forgotten: the delivery stays owed and is sent again. */
  const send = (job: Job): Promise<void> =>
    attempt(job).catch((error: unknown) => {
      store.rollback()
      options.onError(error)
    })

  const start = (delivery: DeliveryRecord): void => {
    const endpoint = store.get('webhook_endpoint', delivery.endpoint)
    if (endpoint !== undefined) laneOf(endpoint).add(delivery.id)
  }

  return {
    announce: (events) => {
      for (const event of events)
        for (const endpoint of event.endpoints) {
          const delivery = store.get('delivery', deliveryId(event.id, endpoint))
          if (delivery !== undefined) start(delivery)
        }
    },
    resend: (delivery) => {
      const endpoint = store.get('webhook_endpoint', delivery.endpoint)
      if (endpoint !== undefined) laneOf(endpoint).again(delivery.id)
    },
    resume: () => {
      for (const delivery of store.all('delivery')) if (delivery.state === 'pending') start(delivery)
    },
    stop: () => {
      stopped = true
      timers.cancelAll()
      poster.stop()
    },
  }
}
