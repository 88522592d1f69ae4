import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { eventRoutes } from './api/events.ts'
import { routes } from './api/routes.ts'
import { shippedCatalog } from './catalog/shipped-prices.ts'
import { createCliSessions } from './cli/sessions.ts'
import { attachCliSocket, SOCKET_PATH } from './cli/socket.ts'
import { type Clock, systemClock } from './clock.ts'
import { DEFAULT_SIGNING_SECRET } from './config.ts'
import { recordEvents } from './events/record-events.ts'
import { createDispatch } from './http/dispatch.ts'
import { createServer } from './http/server.ts'
import type { EventRecord } from './objects/event.ts'
import type { DeliveryRecord, WebhookEndpointRecord } from './objects/webhook-endpoint.ts'
import { type JournaledStore, openJournaledStore } from './store/journal.ts'
import { createStore, type Store } from './store/store.ts'
import { defaultRetryPolicy, type RetryPolicy } from './webhooks/backoff.ts'
import { createDeliverer } from './webhooks/deliver.ts'
import { noFaults } from './webhooks/faults.ts'
import { createTimers } from './webhooks/timers.ts'

export interface BootEndpoint {
  readonly url: string
  readonly secret: string
  /** null or absent for the newest version. */
  readonly apiVersion?: string | null
}

export interface SandboxOptions {
  /** 0 takes a free port. */
  readonly port?: number
  readonly host?: string
  readonly clock?: Clock
  /** Journal file, or a directory for it; absent keeps everything in memory only. */
  readonly data?: string
  /** Signs what CLI sessions receive. */
  readonly signingSecret?: string
  /** A webhook endpoint that is there from the start. */
  readonly webhook?: BootEndpoint
  readonly retry?: RetryPolicy
  readonly deliveryTimeoutMs?: number
  readonly deliveryConcurrency?: number
}

export interface Sandbox {
  /** Resolves when the sandbox answers; rejects when the port is taken. */
  readonly start: () => Promise<{ readonly url: string }>
  /** Ends every connection, delivery and timer. */
  readonly stop: () => Promise<void>
}

const BOOT_ENDPOINT = 'we_boot'

const seedCatalog = (store: Store, now: number): void => {
  for (const record of shippedCatalog(now))
    if (store.get(record.object, record.id) === undefined) store.put(record)
}

const seedEndpoint = (store: Store, now: number, webhook: BootEndpoint): void => {
  store.put<WebhookEndpointRecord>({
    object: 'webhook_endpoint',
    id: BOOT_ENDPOINT,
    created: now,
    api_version: webhook.apiVersion ?? null,
    description: 'Registered at start',
    enabled_events: ['*'],
    faults: store.get('webhook_endpoint', BOOT_ENDPOINT)?.faults ?? noFaults,
    metadata: {},
    secrets: [{ value: webhook.secret, expires_at: null }],
    status: 'enabled',
    url: webhook.url,
  })
}

const openStore = (data: string | undefined): JournaledStore => {
  if (data === undefined) return { store: createStore(), close: () => {} }
  return openJournaledStore(extname(data) === '' ? join(data, 'stripe-sandbox.jsonl') : data)
}

const address = (server: FastifyInstance): string => {
  const { address: host, port } = server.server.address() as AddressInfo
  return `http://${host}:${port}`
}

/** A stand-in for Stripe's API, its webhooks and the server side of its CLI. */
export const createSandbox = (options: SandboxOptions = {}): Sandbox => {
  const clock = options.clock ?? systemClock
  const { store, close } = openStore(options.data)
  const deliverer = createDeliverer(store, clock, {
    concurrency: options.deliveryConcurrency ?? 8,
    retry: options.retry ?? defaultRetryPolicy,
    timeoutMs: options.deliveryTimeoutMs ?? 10_000,
  })
  const timers = createTimers()
  const secret = options.signingSecret ?? DEFAULT_SIGNING_SECRET
  const sessions = createCliSessions(secret, () => `${address(server).replace('http', 'ws')}${SOCKET_PATH}`)
  // Webhooks leave after the answer to the request that caused them, as Stripe's usually do.
  const announce = (events: readonly EventRecord[]): void => {
    if (events.length === 0) return
    timers.after(0, () => {
      deliverer.announce(events)
      socket.announce(events)
    })
  }
  const redelivery = {
    resend: (delivery: DeliveryRecord) => timers.after(0, () => deliverer.resend(delivery)),
    toListeners: (events: readonly EventRecord[]) => timers.after(0, () => socket.announce(events)),
  }
  const dispatch = createDispatch({
    store,
    clock,
    record: (events) => recordEvents(store, events),
    announce,
  })
  const server = createServer([...routes, ...eventRoutes(redelivery), ...sessions.routes], dispatch)
  const socket = attachCliSocket(server.server, clock, secret, sessions.isKnown)

  return {
    start: async () => {
      const now = Math.floor(clock.now() / 1000)
      seedCatalog(store, now)
      if (options.webhook !== undefined) seedEndpoint(store, now, options.webhook)
      store.commit()
      await server.listen({ host: options.host ?? '127.0.0.1', port: options.port ?? 12_111 })
      deliverer.resume()
      return { url: address(server) }
    },
    stop: async () => {
      timers.cancelAll()
      deliverer.stop()
      socket.stop()
      await server.close()
      close()
    },
  }
}
