import { PLATFORM_ACCOUNT } from '@keyflow/contracts'
import { delay, failureCode, inTransaction, type Logger, type Store } from '@keyflow/runtime'
import { countOutcomes } from '../adapters/message-queries.ts'
import { insertMessages } from '../adapters/message-store.ts'
import type { OpsCount } from '../domain/mail-view.ts'
import type { OrderedMail } from '../domain/occasion.ts'
import { orderedMessage } from './new-message.ts'

export interface OperatorMailsOptions {
  readonly store: Store
  readonly leaseMs: number
  readonly clock: () => Date
  readonly wake: () => void
  readonly logger: Logger
}

type Counts = Readonly<Record<OpsCount, number>>

const LOOK_MS = 15 * 60_000
const HOUR = 3_600_000
const DAY = 24 * HOUR

const TROUBLE: readonly OpsCount[] = ['bounced', 'complained', 'failed', 'unknown', 'suppressed']

/** Live, so that it goes to a real relay: what is in it is nobody's but the operators'. */
const opsMail = (template: 'ops_alert' | 'ops_digest', since: Date, counts: Counts): OrderedMail => ({
  scope: { account: PLATFORM_ACCOUNT, livemode: true },
  subject: template,
  occurrence: since.toISOString(),
  order: {
    content: { template, since: since.toISOString(), counts },
    notice: null,
    expiresAt: new Date(since.getTime() + 2 * DAY).toISOString(),
    recordKey: null,
  },
  licenseId: null,
  customer: null,
  refs: [],
  encryptedKey: null,
})

/** The mails that are due to operators by now: yesterday's digest, and an alert for the last whole hour if it had trouble. */
export const dueOperatorMails = async (
  now: Date,
  count: (from: Date, to: Date) => Promise<Counts>,
): Promise<readonly OrderedMail[]> => {
  const today = new Date(Math.floor(now.getTime() / DAY) * DAY)
  const yesterday = new Date(today.getTime() - DAY)
  const hour = new Date(Math.floor(now.getTime() / HOUR) * HOUR)
  const before = new Date(hour.getTime() - HOUR)
  const lastHour = await count(before, hour)
  return [
    opsMail('ops_digest', yesterday, await count(yesterday, today)),
    ...(TROUBLE.some((kind) => lastHour[kind] > 0) ? [opsMail('ops_alert', before, lastHour)] : []),
  ]
}

/** Writes to operators from time to time. Every replica may: the ledger has one row for each hour and day. */
export const startOperatorMails = (options: OperatorMailsOptions): { readonly stop: () => Promise<void> } => {
  const { store, clock } = options
  const stopping = new AbortController()
  const write = async (): Promise<void> => {
    const due = await dueOperatorMails(clock(), (from, to) => countOutcomes(store, from, to))
    const messages = due.map((mail) =>
      orderedMessage(mail, { trace: {}, receivedAt: null, createdAt: clock() }),
    )
    await inTransaction(store, (session) => insertMessages(store, session, messages, options.leaseMs))
    options.wake()
  }
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await write().catch((error: unknown) =>
        options.logger.warn({ code: failureCode(error) }, 'mail.operators_not_written_to'),
      )
      await delay(LOOK_MS, stopping.signal)
    }
  }
  const running = loop()
  return {
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}
