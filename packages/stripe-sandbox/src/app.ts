import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { eventRoutes } from './api/events.ts'
import { pageRoutes, routes } from './api/routes.ts'
import { type BootEndpoint, checkPort, openStore, seedCatalog, seedEndpoint } from './boot.ts'
import { createCliSessions } from './cli/sessions.ts'
import { attachCliSocket, SOCKET_PATH } from './cli/socket.ts'
import { type Clock, systemClock } from './clock.ts'
import { DEFAULT_SIGNING_SECRET } from './config.ts'
import { createPassTime } from './events/pass-time.ts'
import { recordEvents } from './events/record-events.ts'
import { createUnits } from './events/unit-of-work.ts'
import { createDispatch } from './http/dispatch.ts'
import { createServer } from './http/server.ts'
import type { EventRecord } from './objects/event.ts'
import type { DeliveryRecord } from './objects/webhook-endpoint.ts'
import type { Store } from './store/store.ts'
import { defaultRetryPolicy, type RetryPolicy } from './webhooks/backoff.ts'
import { createDeliverer } from './webhooks/deliver.ts'
import { createTimers } from './webhooks/timers.ts'

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
  /** Told of every failure of the sandbox itself, which its caller sees as a 500. */
  readonly onError?: (error: unknown) => void
}

export interface Sandbox {
  /** Resolves when the sandbox answers; rejects when the port is taken or the journal cannot be read. */
  readonly start: () => Promise<{ readonly url: string }>
  /** Ends every connection, delivery and timer. */
  readonly stop: () => Promise<void>
}

const addressOf = (server: FastifyInstance): string => {
  const { address, port } = server.server.address() as AddressInfo
  return `http://${address}:${port}`
}

const assemble = (store: Store, clock: Clock, options: SandboxOptions) => {
  const onError = options.onError ?? (() => {})
  const deliverer = createDeliverer(store, clock, {
    onError,
    concurrency: options.deliveryConcurrency ?? 8,
    retry: options.retry ?? defaultRetryPolicy,
    timeoutMs: options.deliveryTimeoutMs ?? 10_000,
  })
  const timers = createTimers()
  const secret = options.signingSecret ?? DEFAULT_SIGNING_SECRET
  const sessions = createCliSessions(secret, () => `${addressOf(server).replace('http', 'ws')}${SOCKET_PATH}`)
  // Webhooks leave after the answer to the request that caused them, as Stripe's usually do.
  const announce = (events: readonly EventRecord[]): void => {
    if (events.length === 0) return
    timers.after(0, () => {
      deliverer.announce(events)
      socket.announce(events)
    })
    for (const { type, snapshot } of events)
      if (type === 'test_helpers.test_clock.advancing') timers.after(0, () => letTimePass(snapshot.id))
  }
  const letTimePass = (id: string): void => {
    try {
      passTime.run(id)
    } catch (error) {
      onError(error)
    }
  }
  const redelivery = {
    resend: (delivery: DeliveryRecord) => timers.after(0, () => deliverer.resend(delivery)),
    toListeners: (events: readonly EventRecord[]) => timers.after(0, () => socket.announce(events)),
  }
  const unit = createUnits({
    store,
    clock,
    origin: () => addressOf(server),
    record: (events) => recordEvents(store, events),
    announce,
  })
  const passTime = createPassTime(store, unit)
  const server = createServer(
    [...routes, ...eventRoutes(redelivery), ...sessions.routes],
    pageRoutes,
    createDispatch(store, unit),
    onError,
  )
  const socket = attachCliSocket(server.server, clock, secret, sessions.isKnown)
  return {
    server,
    deliverer,
    passTime,
    stop: async () => {
      timers.cancelAll()
      deliverer.stop()
      socket.stop()
      await server.close()
    },
  }
}

/** A stand-in for Stripe's API, its webhooks and the server side of its CLI. Starts once. */
export const createSandbox = (options: SandboxOptions = {}): Sandbox => {
  const clock = options.clock ?? systemClock
  const host = options.host ?? '127.0.0.1'
  const port = options.port ?? 12_111
  let stop: () => Promise<void> = async () => {}

  return {
    start: async () => {
      if (options.data !== undefined) await checkPort(host, port)
      const { store, close } = openStore(options.data)
      const now = Math.floor(clock.now() / 1000)
      seedCatalog(store, now)
      seedEndpoint(store, now, options.webhook)
      store.commit()
      const parts = assemble(store, clock, options)
      stop = async () => {
        await parts.stop()
        close()
      }
      try {
        await parts.server.listen({ host, port })
      } catch (error) {
        await stop()
        throw error
      }
      parts.deliverer.resume()
      parts.passTime.resume()
      return { url: addressOf(parts.server) }
    },
    stop: () => stop(),
  }
}
