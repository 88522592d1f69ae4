import type { Failpoint, Logger, Store } from '@keyflow/runtime'
import { composeMessage, type Sender } from '../adapters/compose-message.ts'
import type { KeyTransport } from '../adapters/key-transport.ts'
import { markSending } from '../adapters/message-store.ts'
import type { Delivery, SmtpTransport } from '../adapters/smtp-transport.ts'
import type { FrozenMail } from '../domain/message.ts'
import { renderMail } from '../domain/render-mail.ts'
import { GIVE_UP_AFTER_MS, judge, retryWaitMs } from '../domain/smtp-verdict.ts'
import type { MailInHand, ReadyMail } from './mail-in-hand.ts'
import type { Settlement } from './mail-steps.ts'

export interface DeliverOptions {
  readonly store: Store
  readonly transport: SmtpTransport
  readonly keys: KeyTransport
  readonly sender: Sender
  readonly replyTo: string | null
  /** Longer than a dialog with the relay may take. */
  readonly sendingLeaseMs: number
  readonly clock: () => Date
  readonly random: () => number
  readonly failpoint: Failpoint
  readonly logger: Logger
}

export interface Attempt {
  /** Null: nothing left, and the row is not ours (any more): its lease decides. */
  readonly settlement: Settlement | null
  /** `down`: it could not be reached, others should not try just now either. Null: it was not asked. */
  readonly relay: 'up' | 'down' | null
}

/** Renders a frozen mail, hands it to the relay, and judges what came of it. */
export const createDeliverMail =
  (options: DeliverOptions) =>
  async ({ mail, token, frozen }: ReadyMail): Promise<Attempt> => {
    // Rendered while the relay is spoken to and "sending" is committed.
    const rendering = render(options, mail, frozen)
    const delivery = await options.transport.deliver({
      from: options.sender.address,
      to: frozen.to,
      trace: mail.trace,
      content: async () => {
        options.failpoint('mail.rendered')
        const [isOurs, bytes] = await Promise.all([
          markSending(options.store, mail._id, token, options.sendingLeaseMs),
          rendering,
        ])
        if (isOurs) options.failpoint('mail.sending')
        return isOurs ? bytes : null
      },
    })
    if ((await rendering) === null) return { settlement: final('failed', 'key_unreadable'), relay: null }
    if (delivery.kind === 'accepted') options.failpoint('mail.delivered')
    return judgeDelivery(options, mail, frozen, delivery)
  }

/** The key is in clear only from here to the socket. Null when it cannot be decrypted: waiting would not mend that. */
const render = async (
  { keys, sender, replyTo, logger }: DeliverOptions,
  mail: MailInHand,
  frozen: FrozenMail,
): Promise<Buffer | null> => {
  let key = ''
  if (mail.template === 'license_issued') {
    if (mail.encryptedKey === null) return null
    try {
      key = await keys.open(mail.encryptedKey)
    } catch (error) {
      logger.error({ message: mail._id, err: error }, 'mail.key_unreadable')
      return null
    }
  }
  return composeMessage(frozen, renderMail(frozen.view, key), sender, replyTo)
}

const final = (
  outcome: Extract<Settlement, { kind: 'final' }>['outcome'],
  code: string | null,
  reply: number | null = null,
): Settlement => ({ kind: 'final', outcome, failure: code === null ? null : { code, reply } })

const judgeDelivery = (
  { clock, random }: DeliverOptions,
  mail: MailInHand,
  frozen: FrozenMail,
  delivery: Delivery,
): Attempt => {
  if (delivery.kind === 'accepted') return { settlement: final('accepted', null), relay: 'up' }
  if (delivery.kind === 'withheld') return { settlement: null, relay: 'up' }
  const verdict = judge(delivery.failure)
  const { reply } = delivery.failure
  if (verdict.kind === 'final')
    return { settlement: final(verdict.outcome, delivery.code, reply), relay: 'up' }
  const relay = verdict.why === 'connection' ? 'down' : 'up'
  if (clock().getTime() - Date.parse(frozen.date) > GIVE_UP_AFTER_MS)
    return { settlement: final('failed', 'gave_up', reply), relay }
  const waitMs = Math.round(retryWaitMs(verdict.why, mail.attempts + 1, random()))
  return { settlement: { kind: 'retry', waitMs, failure: { code: delivery.code, reply } }, relay }
}
