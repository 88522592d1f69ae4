import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { consumerGroup, TOPICS } from '@keyflow/contracts'
import {
  type App,
  type AppContext,
  type ConsumerService,
  consumerHealth,
  createFailpoints,
  createHttpServer,
  createOpsServer,
  createRegistry,
  deadLettersRoute,
  openConsumerService,
  rememberedReading,
} from '@keyflow/runtime'
import { createStripeAccess } from '@keyflow/runtime/stripe'
import { countCases } from './adapters/case-counts.ts'
import { findCase } from './adapters/case-store.ts'
import { oldestDue } from './adapters/due-customers.ts'
import { createLinkTokens, type LinkTokens } from './adapters/link-tokens.ts'
import { readPolicyFile } from './adapters/policy-file.ts'
import { keepPolicies, loadPolicies } from './adapters/policy-store.ts'
import { createStripeLook } from './adapters/stripe-look.ts'
import { createStripePages } from './adapters/stripe-pages.ts'
import { countOpenTasks } from './adapters/task-store.ts'
import { createCalendar } from './adapters/temporal-calendar.ts'
import { caseApi } from './case-api.ts'
import type { DunningConfig } from './config.ts'
import type { PinnedPolicy, Policy } from './domain/policy.ts'
import type { Rules } from './domain/settle-case.ts'
import { createDunningMetrics } from './dunning-metrics.ts'
import { paymentLinksRoute } from './http/payment-page/payment-links.route.ts'
import { COLLECTIONS, FOLDED_TOPICS } from './log-and-store.ts'
import { paymentLinks, paymentUrlOf } from './payment-links.ts'
import { createApplyRecords } from './workers/apply-records.ts'
import { type DunningItem, decodeRecord } from './workers/decode-record.ts'
import { createRunSteps } from './workers/run-steps.ts'
import { createScheduler, type Scheduler } from './workers/scheduler.ts'
import { createVerifyCases } from './workers/verify-cases.ts'
import { watchAcknowledgements } from './workers/watch-acknowledgements.ts'
import { watchPolicies } from './workers/watch-policies.ts'

/** How often acknowledgements of licensing are looked at, and how long one may take. */
const ACKNOWLEDGE = { everyMs: 5000, unansweredMs: 60_000 }

const LANES = 2

/** Wires dunning: topics -> cases -> events, and the timer that takes steps when they are due. */
export const createApp = (config: DunningConfig, context: AppContext): App => {
  const registry = createRegistry()
  const clock = (): Date => new Date()
  const topic = (name: string): string => `${config.topicPrefix}${name}`
  const owner = `${hostname()}-${process.pid}`
  const calendar = createCalendar()
  const closers: (() => Promise<unknown>)[] = []
  let consumer: ConsumerService | undefined
  let scheduler: Scheduler | undefined
  let retired: ReadonlyMap<string, Policy> = new Map()
  let current = readShippedOr(config, calendar)
  const tokens = linkTokensOf(config)
  const { publicUrl } = config
  const paymentUrl = tokens === null ? () => null : paymentUrlOf({ tokens, publicUrl, clock })
  const rules = (): Rules => ({
    book: { current, retired },
    calendar,
    accountZone: config.accountZone,
    paymentUrl,
  })
  const read = async () =>
    consumer === undefined
      ? null
      : {
          counts: await countCases(consumer.store, clock()),
          oldestDueAt: (await oldestDue(consumer.store, clock()))?.getTime() ?? null,
          openTasks: await countOpenTasks(consumer.store),
        }
  // Counting all cases is work for the database: it is done once for all who scrape.
  const reading = rememberedReading(read, () => clock().getTime(), { everyMs: 15_000 })
  const metrics = createDunningMetrics(registry, clock, reading)

  const openConsumer = (): Promise<ConsumerService> =>
    openConsumerService<DunningItem>({
      service: 'dunning',
      groupId: topic(consumerGroup('dunning')),
      topics: FOLDED_TOPICS.map(topic),
      deadLetterTopic: topic(TOPICS.deadLetters.name),
      config,
      collections: COLLECTIONS,
      decode: decodeRecord,
      apply: createApplyRecords({
        dunningTopic: topic(TOPICS.dunningEvents.name),
        rules,
        basketMs: config.basketMs,
        metrics,
        wake: () => scheduler?.wake(),
      }),
      clock,
      registry,
      ...context,
    })

  const stripe = createStripeAccess({
    apiKeys: config.stripeApiKeys,
    apiBase: config.stripeApiBase,
    requestsPerSecond: config.stripeRequestsPerSecond,
    clock,
  })

  const createTimer = ({ store, publisher, assertLive }: ConsumerService): Scheduler => {
    const { logger } = context
    const failpoint = createFailpoints(config.failpoints)
    const verify = createVerifyCases({
      stripe: createStripeLook(stripe),
      publisher,
      snapshotTopic: topic(TOPICS.stripeSnapshots.name),
      newId: randomUUID,
      logger,
      onFailed: metrics.verifyFailed,
    })
    const dunningTopic = topic(TOPICS.dunningEvents.name)
    return createScheduler({
      store,
      run: createRunSteps({
        store,
        assertLive,
        publisher,
        dunningTopic,
        rules,
        verify,
        clock,
        owner,
        metrics,
        failpoint,
        logger,
      }),
      clock,
      newToken: randomUUID,
      owner,
      leaseMs: config.leaseMs,
      pollMs: config.pollMs,
      batch: config.stepBatch,
      lanes: LANES,
      failpoint,
      logger,
    })
  }

  const start = async (): Promise<void> => {
    const ops = createOpsServer({ registry, health: consumerHealth(() => consumer) })
    closers.push(() => ops.close())
    await ops.listen({ host: config.httpHost, port: config.opsPort })
    const opened = await openConsumer()
    consumer = opened
    closers.push(() => opened.stop())
    await keepPolicies(opened.store, current, clock())
    retired = await loadPolicies(opened.store)
    const api = await createHttpServer({ logger: context.logger })
    const { store, publisher } = opened
    caseApi(api, {
      store,
      publisher,
      operatorToken: config.operatorToken,
      operationsTopic: topic(TOPICS.dunningOperations.name),
      rules,
      clock,
    })
    if (tokens !== null)
      await paymentLinksRoute(
        api,
        paymentLinks({
          tokens,
          publicUrl,
          findCase: (id) => findCase(store, id),
          pages: createStripePages(stripe),
          clock,
          metrics,
          logger: context.logger,
        }),
      )
    closers.push(() => api.close())
    deadLettersRoute(api, { ...opened, operatorToken: config.operatorToken, clock })
    await api.listen({ host: config.httpHost, port: config.httpPort })
    await opened.consume()
    const timer = createTimer(opened)
    scheduler = timer
    timer.start()
    const watch = watchAcknowledgements({
      store: opened.store,
      assertLive: opened.assertLive,
      publisher: opened.publisher,
      dunningTopic: topic(TOPICS.dunningEvents.name),
      rules,
      clock,
      ...ACKNOWLEDGE,
      logger: context.logger,
      onPaidButRestricted: metrics.paidButRestricted,
    })
    const policies = watchPolicies({
      read: () => readPolicyFile(config.policyFile, calendar),
      current,
      keep: (changed) => keepPolicies(opened.store, changed, clock()),
      loadKept: () => loadPolicies(opened.store),
      adopt: (book) => {
        current = book.current
        retired = book.retired
      },
      everyMs: config.policyReloadMs,
      logger: context.logger,
    })
    closers.push(() => policies.stop())
    closers.push(() => watch.stop())
    closers.push(() => timer.stop())
  }

  return {
    start,
    /** In reverse order of opening: intake first, connections last. */
    stop: async () => {
      for (const close of closers.reverse()) await close()
    },
  }
}

/** Links need both a key and an address; without them mails tell of no link. */
const linkTokensOf = ({ linkKeys, publicUrl }: DunningConfig): LinkTokens | null => {
  if (linkKeys.length === 0 || publicUrl === '') return null
  return createLinkTokens(linkKeys)
}

/** Throws with every problem of the file at once. */
export const readShippedOr = (
  config: DunningConfig,
  calendar: ReturnType<typeof createCalendar>,
): readonly PinnedPolicy[] => {
  if (!calendar.isZone(config.accountZone))
    throw new Error(`DUNNING_ZONE: ${config.accountZone} is no time zone`)
  const { policies, findings } = readPolicyFile(config.policyFile, calendar)
  if (policies !== null) return policies
  const errors = findings.filter(({ severity }) => severity === 'error')
  throw new Error(
    `DUNNING_POLICY_FILE:\n${errors.map(({ path, line, message }) => `  line ${line ?? '?'}: ${path} ${message}`).join('\n')}`,
  )
}
