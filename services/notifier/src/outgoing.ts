import { hostname } from 'node:os'
import { TOPICS } from '@keyflow/contracts'
import type { AppContext, ConsumerService, Failpoint } from '@keyflow/runtime'
import { createHashAddress } from './adapters/address-hash.ts'
import { createComposeMail } from './adapters/compose-message.ts'
import { createDiscardTransport } from './adapters/discard-transport.ts'
import { createKeyTransport } from './adapters/key-transport.ts'
import { openOperatorTemplates } from './adapters/operator-templates.ts'
import { createReturnPaths } from './adapters/return-paths.ts'
import { parseSmtpUrl } from './adapters/smtp-address.ts'
import { createSmtpConnections } from './adapters/smtp-connections.ts'
import { createSmtpTransport, type SmtpTransport } from './adapters/smtp-transport.ts'
import { type SuppressionList, startSuppressionList } from './adapters/suppression-list.ts'
import { createUnsubscribeLinks } from './adapters/unsubscribe-links.ts'
import { createWords } from './adapters/words.ts'
import type { NotifierConfig } from './config.ts'
import type { Letterhead } from './domain/freeze-mail.ts'
import { createRateLimiter, domainOf } from './domain/rate-limiter.ts'
import { createRenderMail } from './mails/render-mail.ts'
import { createDeliverMail } from './workers/deliver-mail.ts'
import { createMailSteps } from './workers/mail-steps.ts'
import { type MailWorker, startMailWorker } from './workers/mail-worker.ts'
import { createRelays } from './workers/relays.ts'
import type { ReportMail } from './workers/report-mail.ts'
import { suppressBounced } from './workers/suppress-bounced.ts'

/** What mails are made of and sent with, before anything is connected. Throws for templates that are wrong. */
export const createOutgoing = (config: NotifierConfig, { logger }: AppContext, clock: () => Date) => {
  const secret = config.ownSecret ?? config.keyTransportSecrets.at(-1) ?? config.keyTransportSecrets[0]
  const hash = createHashAddress(secret)
  const unsubscribe = createUnsubscribeLinks({
    secret,
    hash,
    publicUrl: config.publicUrl?.replace(/\/+$/, '') ?? null,
  })
  const returnPaths = createReturnPaths({
    secret,
    bounceAddress: config.bounceAddress,
    sender: config.mailFrom.address,
  })
  const letterhead: Letterhead = {
    brand: {
      product: config.productName,
      licenseApiUrl: config.licenseApiUrl.replace(/\/+$/, ''),
      supportAddress: config.supportAddress === '' ? null : config.supportAddress,
      portalUrl: config.portalUrl,
      logoUrl: config.logoUrl,
      accent: config.accent,
      accentInk: config.accentInk,
    },
    senderDomain: domainOf(config.mailFrom.address),
    locale: config.locale,
    timeZone: config.timeZone,
    operators: config.operatorAddress,
    unsubscribeUrl: unsubscribe.linkFor,
  }
  const render = openOperatorTemplates(config.templatesDir, createRenderMail(createWords()), letterhead)
  const compose = createComposeMail({
    sender: config.mailFrom,
    replyTo: letterhead.brand.supportAddress,
    forPostmark: config.postmarkPassword !== '',
    dkim:
      config.dkimSelector === '' || config.dkimPrivateKey === ''
        ? null
        : {
            domainName: letterhead.senderDomain,
            keySelector: config.dkimSelector,
            privateKey: config.dkimPrivateKey,
          },
  })
  const smtp = (url: string, requireTls: boolean): SmtpTransport =>
    createSmtpTransport({
      dialogMs: config.smtpDialogMs,
      connections: createSmtpConnections({ address: parseSmtpUrl(url), requireTls, hostname: hostname() }),
    })
  const relays = createRelays({
    live: [
      { name: 'primary', transport: smtp(config.smtpUrl, config.smtpRequireTls) },
      ...(config.smtpFallbackUrl === null
        ? []
        : [{ name: 'fallback', transport: smtp(config.smtpFallbackUrl, config.smtpRequireTls) }]),
    ],
    sink: {
      name: 'sink',
      transport: config.smtpSinkUrl === null ? createDiscardTransport() : smtp(config.smtpSinkUrl, false),
    },
    clock,
    logger,
  })
  return { hash, unsubscribe, returnPaths, letterhead, render, compose, relays }
}
export type Outgoing = ReturnType<typeof createOutgoing>

export interface WorkerContext extends AppContext {
  readonly config: NotifierConfig
  readonly clock: () => Date
  readonly owner: string
  readonly failpoint: Failpoint
  readonly report: ReportMail
}

/** The suppression list and the worker, once there is a database. */
export const startOutgoing = async (
  outgoing: Outgoing,
  { store, publisher, personal }: ConsumerService,
  { config, clock, owner, failpoint, report, logger }: WorkerContext,
): Promise<{ readonly worker: MailWorker; readonly suppressions: SuppressionList }> => {
  const { hash, letterhead, relays } = outgoing
  const suppressions = await startSuppressionList({ store, hash, clock, logger })
  const limiter = createRateLimiter({
    perMinute: config.perMinute,
    perDomainPerMinute: config.perDomainPerMinute,
  })
  const steps = createMailSteps({
    letterhead,
    suppressed: suppressions.reasonFor,
    hash,
    store,
    publisher,
    personal,
    mailEvents: `${config.topicPrefix}${TOPICS.mailEvents.name}`,
    leaseMs: config.leaseMs,
    sendingLeaseMs: config.smtpDialogMs * 1.5,
    unknownWaitMs: config.unknownWaitMs,
    perRecipientPerDay: config.perRecipientPerDay,
    onBounce: suppressBounced({ store, hash }),
    refreshSuppressed: suppressions.refresh,
    clock,
  })
  const deliver = createDeliverMail({
    leave: steps.leave,
    relays,
    keys: createKeyTransport(config.keyTransportSecrets),
    render: outgoing.render,
    compose: outgoing.compose,
    returnPath: outgoing.returnPaths.of,
    testRecipients: config.testRecipients,
    limiter,
    clock,
    random: Math.random,
    failpoint,
    logger,
  })
  const worker = startMailWorker({
    store,
    steps,
    deliver,
    report,
    relays,
    limiter,
    lanes: config.smtpConnections,
    leaseMs: config.leaseMs,
    owner,
    clock,
    failpoint,
    logger,
  })
  return { worker, suppressions }
}
