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
  createOperatorWebhook,
  createOpsServer,
  createRegistry,
  deadLettersRoute,
  openConsumerService,
  rememberedReading,
} from '@keyflow/runtime'
import { CASE_HEADS } from './adapters/case-heads.ts'
import { CONTACTS, eraseContacts, sealOpenContacts } from './adapters/contact-store.ts'
import { CONVERSATIONS } from './adapters/conversation-store.ts'
import { FEEDBACK } from './adapters/feedback-store.ts'
import { MAIL_AUDIT } from './adapters/mail-audit.ts'
import { eraseMessages, upgradeMessages } from './adapters/message-erasure.ts'
import { readLedger } from './adapters/message-queries.ts'
import { MESSAGES } from './adapters/message-rows.ts'
import type { SuppressionList } from './adapters/suppression-list.ts'
import { SUPPRESSIONS } from './adapters/suppression-store.ts'
import type { NotifierConfig } from './config.ts'
import { erasuresRoute } from './http/erasures.route.ts'
import { previewRoute } from './http/preview.route.ts'
import { mountMailApi } from './mail-api.ts'
import { createMailMetrics } from './mail-metrics.ts'
import { createOutgoing, startOutgoing } from './outgoing.ts'
import { type Addressed, createAddressMail } from './workers/address-mail.ts'
import { createApplyRecords } from './workers/apply-records.ts'
import { createDecodeRecord, type NotifierItem } from './workers/decode-record.ts'
import { createErasePerson } from './workers/erase-person.ts'
import type { ReadyMail } from './workers/mail-in-hand.ts'
import type { MailWorker } from './workers/mail-worker.ts'
import { createOperatorAlerts } from './workers/operator-alerts.ts'
import { startOperatorMails } from './workers/operator-mails.ts'
import { createReportMail } from './workers/report-mail.ts'

/** How long alerts are gathered before operators are told once. */
const ALERT_GATHER_MS = 20_000

/** Wires the notifier: topics -> contacts and conversations -> send ledger -> relay, and the operators' view of it. */
export const createApp = (config: NotifierConfig, context: AppContext): App => {
  const registry = createRegistry()
  const clock = (): Date => new Date()
  const failpoint = createFailpoints(config.failpoints)
  const topic = (name: string): string => `${config.topicPrefix}${name}`
  const closers: (() => Promise<unknown>)[] = []
  const owner = `${hostname()}-${process.pid}`
  const outgoing = createOutgoing(config, context, clock)
  const metrics = createMailMetrics(
    registry,
    rememberedReading(
      async () => (consumer === undefined ? null : readLedger(consumer.store)),
      () => clock().getTime(),
    ),
    outgoing.relays.states,
  )
  const alerts = createOperatorAlerts({
    post: config.slackWebhookUrl === '' ? null : createOperatorWebhook(config.slackWebhookUrl),
    product: config.productName,
    gatherMs: ALERT_GATHER_MS,
    logger: context.logger,
  })
  const report = createReportMail({ metrics, logger: context.logger, alert: alerts.note, clock })
  let consumer: ConsumerService | undefined
  let worker: MailWorker | undefined
  let suppressions: SuppressionList | undefined

  const onCommitted = (
    addressed: readonly Addressed[],
    touched: readonly string[],
    superseded: number,
  ): void => {
    report.superseded(superseded)
    for (const { message } of addressed)
      if (message.state === 'expired' || message.state === 'suppressed' || message.state === 'superseded')
        report.dropped(message, message.state, message.failure?.code ?? 'unknown')
    const claimed = addressed.flatMap(readyMailOf)
    for (const ready of claimed) worker?.take(ready)
    if (addressed.length > claimed.length) worker?.wake([])
    if (touched.length > 0) worker?.wake(touched)
  }

  const openConsumer = (): Promise<ConsumerService> =>
    openConsumerService<NotifierItem>({
      service: 'notifier',
      groupId: topic(consumerGroup('notifier')),
      topics: [
        TOPICS.stripeEvents,
        TOPICS.stripeSnapshots,
        TOPICS.licenseEvents,
        TOPICS.licenseOperations,
        TOPICS.dunningEvents,
      ].map(({ name }) => topic(name)),
      deadLetterTopic: topic(TOPICS.deadLetters.name),
      config,
      collections: [CONTACTS, CONVERSATIONS, CASE_HEADS, MESSAGES, SUPPRESSIONS, FEEDBACK, MAIL_AUDIT],
      decode: createDecodeRecord({
        licenseEvents: topic(TOPICS.licenseEvents.name),
        dunningEvents: topic(TOPICS.dunningEvents.name),
        licenseOperations: topic(TOPICS.licenseOperations.name),
      }),
      apply: createApplyRecords({
        leaseMs: config.leaseMs,
        eraseDeleted: config.customerDeleted === 'erase' ? topic(TOPICS.personalKeys.name) : null,
        mailEvents: topic(TOPICS.mailEvents.name),
        isSent: (template) => !config.templatesOff.includes(template),
        maxAgeMs: config.maxAgeHours * 3_600_000,
        quietBefore: () => consumer?.quietBefore?.getTime() ?? null,
        address: createAddressMail({
          letterhead: outgoing.letterhead,
          suppressed: (address, category) => suppressions?.reasonFor(address, category) ?? null,
          hash: outgoing.hash,
          owner,
          room: (priority) => worker?.room(priority) ?? 0,
        }),
        onCommitted,
      }),
      onErased: async (subjects, { store, session }) => {
        await eraseContacts(store, session, subjects)
        await eraseMessages(store, session, subjects)
      },
      clock,
      registry,
      ...context,
    })

  const start = async (): Promise<void> => {
    const ops = createOpsServer({ registry, health: consumerHealth(() => consumer) })
    previewRoute(ops, { render: outgoing.render, letterhead: outgoing.letterhead })
    closers.push(() => ops.close())
    await ops.listen({ host: config.httpHost, port: config.opsPort })
    const opened = await openConsumer()
    consumer = opened
    await sealOpenContacts(opened)
    await upgradeMessages(opened.store)
    const sending = await startOutgoing(outgoing, opened, {
      ...context,
      config,
      clock,
      owner,
      failpoint,
      report,
    })
    worker = sending.worker
    suppressions = sending.suppressions
    const api = await createHttpServer({ logger: context.logger, bodyLimitBytes: 2 * 1024 * 1024 })
    mountMailApi(api, { ...context, config, outgoing, consumer: opened, report, ...sending, clock })
    erasuresRoute(api, {
      operatorToken: config.operatorToken,
      erase: createErasePerson({ ...opened, topic: opened.personalTopic, clock, newId: randomUUID }),
    })
    if (config.operatorAddress !== null) {
      const operators = startOperatorMails({
        ...context,
        store: opened.store,
        leaseMs: config.leaseMs,
        clock,
        wake: () => worker?.wake([]),
      })
      closers.push(operators.stop)
    }
    closers.push(() => api.close())
    deadLettersRoute(api, { ...opened, operatorToken: config.operatorToken, clock })
    await api.listen({ host: config.httpHost, port: config.httpPort })
    await opened.consume()
  }

  return {
    start,
    /** Intake and mail in hand first, the database last: outcomes are still recorded. */
    stop: async () => {
      await worker?.stop()
      await suppressions?.stop()
      outgoing.relays.close()
      for (const close of closers.reverse()) await close()
      await alerts.stop()
      await consumer?.stop()
    },
  }
}

/** A row that was inserted rendered and claimed for this process; everything else is found by looking. */
const readyMailOf = ({ message, mail }: Addressed): readonly ReadyMail[] =>
  mail === null || message.claim === null
    ? []
    : [
        {
          mail: { ...message, attempts: 0 },
          token: message.claim.token,
          frozen: mail,
          person: message.person,
          bytes: null,
        },
      ]
