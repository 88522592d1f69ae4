import { consumerGroup, TOPICS } from '@keyflow/contracts'
import {
  type App,
  type AppContext,
  type ConsumerService,
  createHttpServer,
  createOpsServer,
  createRegistry,
  openConsumerService,
} from '@keyflow/runtime'
import { CASES, countCases, findCases, listCases } from './adapters/case-store.ts'
import type { DunningConfig } from './config.ts'
import type { CaseFacts } from './domain/case-facts.ts'
import { createDunningMetrics } from './dunning-metrics.ts'
import { casesRoute } from './http/cases.route.ts'
import { createApplyFacts } from './workers/apply-facts.ts'
import { decodeRecord } from './workers/decode-record.ts'

/** Wires dunning: topics -> facts of debts -> cases -> events, and the operators' view of the cases. */
export const createApp = (config: DunningConfig, context: AppContext): App => {
  const registry = createRegistry()
  const topic = (name: string): string => `${config.topicPrefix}${name}`
  const closers: (() => Promise<unknown>)[] = []
  let consumer: ConsumerService | undefined
  const metrics = createDunningMetrics(registry, async () =>
    consumer === undefined ? null : countCases(consumer.store),
  )

  const start = async (): Promise<void> => {
    const ops = createOpsServer({
      registry,
      health: {
        live: () => consumer?.isLive() ?? true,
        ready: async () => (consumer === undefined ? { kafka: false, mongodb: false } : consumer.checks()),
      },
    })
    closers.push(() => ops.close())
    await ops.listen({ host: config.httpHost, port: config.opsPort })
    const opened = await openConsumerService<readonly CaseFacts[]>({
      service: 'dunning',
      groupId: topic(consumerGroup('dunning')),
      topics: [topic(TOPICS.stripeEvents.name), topic(TOPICS.stripeSnapshots.name)],
      deadLetterTopic: topic(TOPICS.deadLetters.name),
      config,
      collections: [CASES],
      decode: decodeRecord,
      apply: createApplyFacts({ dunningTopic: topic(TOPICS.dunningEvents.name), metrics }),
      clock: () => new Date(),
      registry,
      ...context,
    })
    consumer = opened
    closers.push(() => opened.stop())
    const api = await createHttpServer({ logger: context.logger })
    casesRoute(api, {
      operatorToken: config.operatorToken,
      list: (status, limit) => listCases(opened.store, status, limit),
      find: (subscription) => findCases(opened.store, subscription),
    })
    closers.push(() => api.close())
    await api.listen({ host: config.httpHost, port: config.httpPort })
    await opened.consume()
  }

  return {
    start,
    /** In reverse order of opening: intake first, connections last. */
    stop: async () => {
      for (const close of closers.reverse()) await close()
    },
  }
}
