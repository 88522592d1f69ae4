import {
  type App,
  type AppContext,
  createHttpServer,
  createOpsServer,
  createRegistry,
  type FastifyInstance,
  type KafkaOptions,
  kafkaConnection,
} from '@keyflow/runtime'
import { createEventLog, type EventLog } from './adapters/event-log.ts'
import { createVerifier } from './adapters/hmac-verifier.ts'
import { createIngestMetrics } from './adapters/ingest-metrics.ts'
import { type Config, endpointsOf } from './config.ts'
import { createAttribution } from './domain/attribution.ts'
import { createInHandBudget } from './http/in-hand.ts'
import { createReceiver } from './http/receive-webhook.ts'
import { registerWebhookRoutes } from './http/webhook-routes.ts'

export interface Overrides {
  readonly log?: EventLog
  readonly clock?: () => number
  readonly socketFactory?: KafkaOptions['socketFactory']
}

export interface IngestApp extends App {
  /** Base URLs once started. */
  readonly addresses: () => { readonly http: string; readonly ops: string }
}

/** Wires ingest: HTTP in, Kafka out, nothing else. It listens before the broker is there, and answers 503 until then. */
export const createApp = (config: Config, context: AppContext, overrides: Overrides = {}): IngestApp => {
  const { logger } = context
  const registry = createRegistry()
  const endpoints = endpointsOf(config).map(({ secrets, ...rest }) => ({
    ...rest,
    verify: createVerifier(secrets),
  }))
  const inHand = createInHandBudget({ requests: config.maxInFlightRequests, bytes: config.maxInFlightBytes })
  const names = endpoints.map(({ name }) => name)
  const metrics = createIngestMetrics(registry, names, inHand)
  const log =
    overrides.log ??
    createEventLog({
      kafka: kafkaConnection(config),
      topicPrefix: config.topicPrefix,
      deadlineMs: config.publishDeadlineMs,
      maxQueued: config.maxInFlightRequests,
      logger,
      signal: context.signal,
      ...(overrides.socketFactory === undefined ? {} : { socketFactory: overrides.socketFactory }),
    })
  const receive = createReceiver({ log, metrics, clock: overrides.clock ?? Date.now, logger })
  let draining = false
  let http: FastifyInstance | undefined
  const ops = createOpsServer({
    registry,
    health: { live: () => true, ready: async () => ({ kafka: await log.isReady(), accepting: !draining }) },
  })

  return {
    start: async () => {
      http = await createHttpServer({
        logger,
        options: { trustProxy: (_address: string, hop: number) => hop < config.trustedProxyHops },
      })
      registerWebhookRoutes(http, {
        endpoints,
        receive,
        inHand,
        metrics,
        logger,
        attribute: createAttribution(config.stripeAddresses),
        isDraining: () => draining,
      })
      await ops.listen({ host: config.httpHost, port: config.opsPort })
      await http.listen({ host: config.httpHost, port: config.httpPort })
      logger.info({ endpoints: names }, 'ingest.listening')
      void log.open().catch((error: Error) => {
        if (!context.signal.aborted) context.onFatal(error)
      })
    },
    stop: async () => {
      draining = true
      await http?.close()
      await log.close()
      await ops.close()
    },
    addresses: () => ({ http: addressOf(http), ops: addressOf(ops) }),
  }
}

const addressOf = (server: FastifyInstance | undefined): string => {
  const address = server?.server.address()
  return address === undefined || address === null || typeof address === 'string'
    ? ''
    : `http://${address.address}:${address.port}`
}
