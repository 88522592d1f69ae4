import { randomUUID } from 'node:crypto'
import { consumerGroup, TOPICS } from '@keyflow/contracts'
import {
  type App,
  type AppContext,
  type ConsumerService,
  consumerHealth,
  createHttpServer,
  createOperatorWebhook,
  createOpsServer,
  createRegistry,
  deadLettersRoute,
  openConsumerService,
  rememberedReading,
} from '@keyflow/runtime'
import { createAddressGuard, parseNetwork } from './adapters/address-guard.ts'
import { createHttpCaller } from './adapters/http-caller.ts'
import { DELIVERIES, readQueue, redeliver } from './adapters/mongo-deliveries.ts'
import { ENDPOINTS, listEndpoints } from './adapters/mongo-endpoints.ts'
import { createSecretBox } from './adapters/secret-box.ts'
import type { OutboundConfig } from './config.ts'
import { isActive } from './domain/endpoint.ts'
import { mirrorTargetOf } from './mirror-target-of.ts'
import { createOutboundMetrics } from './outbound-metrics.ts'
import { registerRoutes } from './routes.ts'
import { createApplyRecords } from './workers/apply-records.ts'
import { createChangeEndpoint } from './workers/change-endpoint.ts'
import { createCheckMirror } from './workers/check-mirror.ts'
import { decodeRecord, type OutboundItem } from './workers/decode-record.ts'
import { createDeliverMirror } from './workers/deliver-mirror.ts'
import { createDeliverWebhook } from './workers/deliver-webhook.ts'
import { type DeliveryWorker, startDeliveryWorker } from './workers/delivery-worker.ts'
import { MIRROR_LANE, toMirror } from './workers/mirror-lane.ts'
import { recallEndpoints } from './workers/recall-endpoints.ts'
import { rewrapSecrets } from './workers/rewrap-secrets.ts'
import { startTellingOperators } from './workers/tell-operators.ts'

export interface OutboundOverrides {
  /** Instead of the system's name resolution. */
  readonly resolve?: Parameters<typeof createAddressGuard>[1]
}

/** Wires outbound: license events -> deliveries -> receivers, and the operators' routes. */
export const createApp = (
  config: OutboundConfig,
  context: AppContext,
  overrides: OutboundOverrides = {},
): App => {
  const registry = createRegistry()
  const clock = (): Date => new Date()
  const topic = (name: string): string => `${config.topicPrefix}${name}`
  const closers: (() => Promise<unknown>)[] = []
  let consumer: ConsumerService | undefined
  let worker: DeliveryWorker | undefined
  const remembered = <T>(read: () => Promise<T | null>) => rememberedReading(read, () => clock().getTime())
  const metrics = createOutboundMetrics(registry, {
    queue: remembered(async () => (consumer === undefined ? null : readQueue(consumer.store))),
    endpoints: remembered(async () => (consumer === undefined ? null : countEndpoints(consumer))),
  })
  const secrets = createSecretBox(config.personalMasterKeys)
  const caller = createHttpCaller({
    guard: createAddressGuard(config.allowedNetworks, overrides.resolve),
    timeoutMs: config.timeoutMs,
    clock,
  })
  closers.push(() => caller.close())
  // The operator named this server, wherever it stands.
  const mirrorCaller = createHttpCaller({
    guard: createAddressGuard(['0.0.0.0/0', '::/0'].map(parseNetwork)),
    timeoutMs: config.timeoutMs,
    clock,
  })
  closers.push(() => mirrorCaller.close())
  const target = mirrorTargetOf(config, mirrorCaller)

  const openConsumer = (): Promise<ConsumerService> =>
    openConsumerService<OutboundItem>({
      service: 'outbound',
      groupId: topic(consumerGroup('outbound')),
      topics: [topic(TOPICS.licenseEvents.name), topic(TOPICS.webhookEndpoints.name)],
      deadLetterTopic: topic(TOPICS.deadLetters.name),
      config,
      collections: [ENDPOINTS, DELIVERIES],
      decode: decodeRecord,
      apply: createApplyRecords({
        toMirror: toMirror({ mode: config.mirrorMode, isOn: target !== null }),
        silentBefore: () => Math.max(config.silentBefore, consumer?.quietBefore?.getTime() ?? 0),
        onCommitted: (lanes) => worker?.wake(lanes),
      }),
      clock,
      registry,
      ...context,
    })

  const start = async (): Promise<void> => {
    const ops = createOpsServer({ registry, health: consumerHealth(() => consumer) })
    closers.push(() => ops.close())
    await ops.listen({ host: config.httpHost, port: config.opsPort })
    const opened = await openConsumer()
    consumer = opened
    closers.push(() => opened.stop())
    const { store } = opened
    const tools = { store, metrics, logger: context.logger, clock, random: Math.random }
    const deliverWebhook = createDeliverWebhook({
      ...tools,
      caller,
      secrets,
      policy: { afterMs: config.disableAfterHours * 3_600_000, minFailures: config.disableMinFailures },
    })
    const deliverMirror = target === null ? null : createDeliverMirror({ ...tools, target })
    // What was kept while there was no mirror.
    if (target !== null) await redeliver(store, { lane: MIRROR_LANE, note: 'endpoint_off' })
    const started = startDeliveryWorker({
      store,
      deliver: (delivery) =>
        delivery.lane === MIRROR_LANE && deliverMirror !== null
          ? deliverMirror(delivery)
          : deliverWebhook(delivery),
      perLane: config.perEndpoint,
      // Longer than any attempt, which to a mirror is some calls: nobody else takes up what is still being tried.
      leaseMs: config.timeoutMs * 5 + 10_000,
      pollMs: config.pollMs,
      logger: context.logger,
    })
    worker = started
    closers.push(() => started.stop())
    if (config.slackWebhookUrl !== '') {
      const post = createOperatorWebhook(config.slackWebhookUrl)
      const telling = startTellingOperators({ ...tools, post })
      closers.push(() => telling.stop())
    }
    const endpoints = createChangeEndpoint({
      ...opened,
      topic: topic(TOPICS.webhookEndpoints.name),
      secrets,
      clock,
      newId: randomUUID,
    })
    const api = await createHttpServer({ logger: context.logger })
    registerRoutes(api, {
      operatorToken: config.operatorToken,
      store: opened.store,
      endpoints,
      checkMirror: target === null ? null : createCheckMirror(store, target),
      allowHttp: config.allowHttp,
      maxEndpoints: config.maxEndpoints,
      wake: (lanes) => started.wake(lanes),
      clock,
      newId: randomUUID,
    })
    closers.push(() => api.close())
    deadLettersRoute(api, { ...opened, operatorToken: config.operatorToken, clock })
    await api.listen({ host: config.httpHost, port: config.httpPort })
    if (opened.quietBefore !== null) await recallEndpoints(opened, topic(TOPICS.webhookEndpoints.name), clock)
    await opened.consume()
    await rewrapSecrets(opened.store, endpoints, secrets)
  }

  return {
    start,
    /** Intake first, then what is in hand, connections last. */
    stop: async () => {
      for (const close of closers.reverse()) await close()
    },
  }
}

const countEndpoints = async ({ store }: ConsumerService) => {
  const all = (await listEndpoints(store)).filter(({ deleted }) => !deleted)
  return {
    active: all.filter(isActive).length,
    off: all.filter(({ enabled, disabledFor }) => !enabled && disabledFor === null).length,
    disabled: all.filter(({ disabledFor }) => disabledFor !== null).length,
  }
}
