import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { consumerGroup, TOPICS } from '@keyflow/contracts'
import {
  type App,
  type AppContext,
  type ConsumerService,
  createFailpoints,
  createHttpServer,
  createOpsServer,
  createRegistry,
  openConsumerService,
} from '@keyflow/runtime'
import { CONTACTS, eraseContacts, sealOpenContacts } from './adapters/contact-store.ts'
import { CONVERSATIONS } from './adapters/conversation-store.ts'
import { createKeyTransport } from './adapters/key-transport.ts'
import { findMessage, listMessages, readLedger } from './adapters/message-queries.ts'
import { MESSAGES } from './adapters/message-rows.ts'
import type { NewMessage } from './adapters/message-store.ts'
import { parseSmtpUrl } from './adapters/smtp-address.ts'
import { createSmtpConnections } from './adapters/smtp-connections.ts'
import { createSmtpTransport } from './adapters/smtp-transport.ts'
import type { NotifierConfig } from './config.ts'
import type { Brand } from './domain/mail-view.ts'
import { erasuresRoute } from './http/erasures.route.ts'
import { messagesRoute } from './http/messages.route.ts'
import { createMailMetrics } from './mail-metrics.ts'
import { createAddressMail, type Letterhead } from './workers/address-mail.ts'
import { createApplyRecords } from './workers/apply-records.ts'
import { createDecodeRecord, type NotifierItem } from './workers/decode-record.ts'
import { createDeliverMail } from './workers/deliver-mail.ts'
import { createErasePerson } from './workers/erase-person.ts'
import type { ReadyMail } from './workers/mail-in-hand.ts'
import { createMailSteps } from './workers/mail-steps.ts'
import { type MailWorker, startMailWorker } from './workers/mail-worker.ts'
import { createRelayBreaker } from './workers/relay-breaker.ts'
import { createReportMail } from './workers/report-mail.ts'

/** Wires the notifier: topics -> contacts and conversations -> send ledger -> relay, and the operators' view of it. */
export const createApp = (config: NotifierConfig, context: AppContext): App => {
  const registry = createRegistry()
  const clock = (): Date => new Date()
  const failpoint = createFailpoints(config.failpoints)
  const topic = (name: string): string => `${config.topicPrefix}${name}`
  const closers: (() => Promise<unknown>)[] = []
  const owner = `${hostname()}-${process.pid}`
  const letterhead: Letterhead = { brand: brandOf(config), senderDomain: domainOf(config) }
  const metrics = createMailMetrics(registry, async () =>
    consumer === undefined ? null : readLedger(consumer.store),
  )
  const report = createReportMail({ metrics, logger: context.logger, clock })
  let consumer: ConsumerService | undefined
  let worker: MailWorker | undefined

  const openConsumer = (): Promise<ConsumerService> =>
    openConsumerService<NotifierItem>({
      service: 'notifier',
      groupId: topic(consumerGroup('notifier')),
      topics: [TOPICS.stripeEvents, TOPICS.stripeSnapshots, TOPICS.licenseEvents, TOPICS.dunningEvents].map(
        ({ name }) => topic(name),
      ),
      deadLetterTopic: topic(TOPICS.deadLetters.name),
      config,
      collections: [CONTACTS, CONVERSATIONS, MESSAGES],
      decode: createDecodeRecord({
        licenseEvents: topic(TOPICS.licenseEvents.name),
        dunningEvents: topic(TOPICS.dunningEvents.name),
      }),
      apply: createApplyRecords({
        leaseMs: config.leaseMs,
        eraseDeleted: config.customerDeleted === 'erase' ? topic(TOPICS.personalKeys.name) : null,
        address: createAddressMail({ ...letterhead, owner, room: () => worker?.room() ?? 0 }),
        onCommitted: (messages, touchedRefs, superseded) => {
          report.superseded(superseded)
          const claimed = messages.flatMap(readyMailOf)
          for (const ready of claimed) worker?.take(ready)
          if (messages.length > claimed.length || touchedRefs.length > 0) worker?.wake(touchedRefs)
        },
      }),
      onErased: (subjects, { store, session }) => eraseContacts(store, session, subjects),
      clock,
      registry,
      ...context,
    })

  const startWorker = ({ store, personal }: ConsumerService): MailWorker => {
    const transport = createSmtpTransport({
      dialogMs: config.smtpDialogMs,
      connections: createSmtpConnections({
        address: parseSmtpUrl(config.smtpUrl),
        requireTls: config.smtpRequireTls,
        hostname: hostname(),
      }),
    })
    closers.push(async () => transport.close())
    return startMailWorker({
      store,
      steps: createMailSteps({ ...letterhead, store, personal, leaseMs: config.leaseMs, clock }),
      deliver: createDeliverMail({
        store,
        transport,
        keys: createKeyTransport(config.keyTransportSecret),
        sender: config.mailFrom,
        replyTo: config.supportAddress === '' ? null : config.supportAddress,
        sendingLeaseMs: config.smtpDialogMs * 1.5,
        clock,
        random: Math.random,
        failpoint,
        logger: context.logger,
      }),
      lanes: config.smtpConnections,
      leaseMs: config.leaseMs,
      owner,
      report,
      relay: createRelayBreaker({ clock, logger: context.logger }),
      failpoint,
      logger: context.logger,
    })
  }

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
    const opened = await openConsumer()
    consumer = opened
    await sealOpenContacts(opened)
    const api = await createHttpServer({ logger: context.logger })
    messagesRoute(api, {
      operatorToken: config.operatorToken,
      list: (by, limit) => listMessages(opened.store, by, limit),
      find: (id) => findMessage(opened.store, id),
    })
    erasuresRoute(api, {
      operatorToken: config.operatorToken,
      erase: createErasePerson({ ...opened, topic: opened.personalTopic, clock, newId: randomUUID }),
    })
    closers.push(() => api.close())
    await api.listen({ host: config.httpHost, port: config.httpPort })
    worker = startWorker(opened)
    await opened.consume()
  }

  return {
    start,
    /** Intake and mail in hand first, the database last: outcomes are still recorded. */
    stop: async () => {
      await worker?.stop()
      for (const close of closers.reverse()) await close()
      await consumer?.stop()
    },
  }
}

const brandOf = (config: NotifierConfig): Brand => ({
  product: config.productName,
  licenseApiUrl: config.licenseApiUrl.replace(/\/+$/, ''),
  supportAddress: config.supportAddress === '' ? null : config.supportAddress,
})

const domainOf = (config: NotifierConfig): string =>
  config.mailFrom.address.slice(config.mailFrom.address.lastIndexOf('@') + 1)

/** A row that was inserted rendered and claimed for this process; everything else is found by looking. */
const readyMailOf = (message: NewMessage): readonly ReadyMail[] =>
  message.frozen === null || message.claim === null
    ? []
    : [{ mail: { ...message, attempts: 0 }, token: message.claim.token, frozen: message.frozen }]
