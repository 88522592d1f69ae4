import { randomBytes, randomUUID } from 'node:crypto'
import { TOPICS } from '@keyflow/contracts'
import type { ConsumerService, FastifyInstance, Logger } from '@keyflow/runtime'
import { openMail } from './adapters/frozen-mail.ts'
import { auditMail } from './adapters/mail-audit.ts'
import { findMessage, listMessages } from './adapters/message-queries.ts'
import type { MessageRow } from './adapters/message-rows.ts'
import { createReadReports } from './adapters/read-reports.ts'
import type { SuppressionList } from './adapters/suppression-list.ts'
import {
  findSuppression,
  listSuppressions,
  releaseAddress,
  suppressAddress,
} from './adapters/suppression-store.ts'
import { createWords } from './adapters/words.ts'
import type { NotifierConfig } from './config.ts'
import { maskAddress } from './domain/mail-address.ts'
import { mailFeedbackRoute } from './http/mail-feedback.route.ts'
import { mailTestsRoute } from './http/mail-tests.route.ts'
import { messageView } from './http/message-view.ts'
import { messagesRoute, type Order } from './http/messages.route.ts'
import { suppressionsRoute } from './http/suppressions.route.ts'
import { unsubscribeRoute } from './http/unsubscribe.route.ts'
import { escapeHtml } from './mails/html-part.ts'
import type { Outgoing } from './outgoing.ts'
import { contentOfRow } from './workers/content-of-row.ts'
import type { MailWorker } from './workers/mail-worker.ts'
import type { ReportMail } from './workers/report-mail.ts'
import { createResendMail } from './workers/resend-mail.ts'
import { createSendTestMail } from './workers/send-test-mail.ts'
import { createTakeFeedback } from './workers/take-feedback.ts'

export interface MailApiOptions {
  readonly config: NotifierConfig
  readonly outgoing: Outgoing
  readonly consumer: ConsumerService
  readonly worker: MailWorker
  readonly suppressions: SuppressionList
  readonly report: ReportMail
  readonly logger: Logger
  readonly clock: () => Date
}

/** What operators, providers and recipients may ask of the notifier. */
export const mountMailApi = (api: FastifyInstance, options: MailApiOptions): void => {
  const { config, outgoing, clock, logger, suppressions } = options
  const { store, personal, publisher } = options.consumer
  const { operatorToken } = config
  const { hash } = outgoing

  const viewOf = async (row: MessageRow) => {
    const mail = row.frozen === null ? null : await openMail(personal, row.frozen)
    return messageView(row, mail?.to ?? null)
  }
  messagesRoute(api, {
    operatorToken,
    list: async (by, limit) => Promise.all((await listMessages(store, by, limit)).map(viewOf)),
    find: async (id) => {
      const row = await findMessage(store, id)
      return row === null ? null : viewOf(row)
    },
    resend: createResendMail({
      store,
      content: contentOfRow({ store, personal }),
      leaseMs: config.leaseMs,
      newId: randomUUID,
      clock,
      wake: () => options.worker.wake([]),
    }),
  })
  mailTestsRoute(api, {
    operatorToken,
    send: createSendTestMail({
      ...outgoing,
      store,
      returnPath: outgoing.returnPaths.of,
      clock,
      newId: () => randomBytes(32).toString('hex'),
    }),
  })
  suppressionsRoute(api, {
    operatorToken,
    list: (limit) => listSuppressions(store, limit),
    find: (address) => findSuppression(store, hash(address)),
    suppress: async (address, order) => {
      const addressHash = hash(address)
      const masked = maskAddress(address)
      const { actor } = order
      await suppressAddress(store, {
        addressHash,
        masked,
        reason: 'operator',
        until: null,
        message: null,
        actor,
      })
      await audit('suppress', addressHash, order)
      return findSuppression(store, addressHash)
    },
    release: async (by, order) => {
      const addressHash = 'id' in by ? by.id : hash(by.address)
      const isReleased = await releaseAddress(store, addressHash, order.actor)
      if (isReleased) await audit('release', addressHash, order)
      return isReleased
    },
  })
  const audit = async (
    action: 'suppress' | 'release',
    id: string,
    { actor, reason }: Order,
  ): Promise<void> => {
    await auditMail(store, undefined, { action, message: id, result: null, actor, reason, at: clock() })
    await suppressions.refresh()
  }
  mailFeedbackRoute(api, {
    operatorToken,
    ...createReadReports({ ...config, shortIdOf: outgoing.returnPaths.shortIdOf, clock }),
    take: createTakeFeedback({
      store,
      publisher,
      personal,
      hash,
      mailEvents: `${config.topicPrefix}${TOPICS.mailEvents.name}`,
      leaseMs: config.leaseMs,
      report: options.report,
      refresh: suppressions.refresh,
      clock,
    }),
    logger,
  })
  unsubscribeRoute(api, {
    addressHashOf: outgoing.unsubscribe.addressHashOf,
    unsubscribe: async (addressHash) => {
      await suppressAddress(store, {
        addressHash,
        masked: '•••',
        reason: 'unsubscribed',
        until: null,
        message: null,
        actor: null,
      })
      await suppressions.refresh()
    },
    product: config.productName,
    say: createWords()(config.locale, config.timeZone).say,
    escape: escapeHtml,
  })
}
