import type { Failpoint, Logger } from '@keyflow/runtime'
import type { ComposeMail } from '../adapters/compose-message.ts'
import type { KeyTransport } from '../adapters/key-transport.ts'
import type { Delivery } from '../adapters/smtp-transport.ts'
import { routeOf } from '../domain/mail-route.ts'
import type { FrozenMail } from '../domain/message.ts'
import { domainOf, type RateLimiter } from '../domain/rate-limiter.ts'
import { GIVE_UP_AFTER_MS, isBadMailbox, judge, retryWaitMs } from '../domain/smtp-verdict.ts'
import type { RenderMail } from '../mails/render-mail.ts'
import type { MailInHand, ReadyMail } from './mail-in-hand.ts'
import type { MailSteps } from './mail-steps.ts'
import type { Relays } from './relays.ts'
import type { Settlement } from './settle-mails.ts'

export interface DeliverOptions {
  readonly leave: MailSteps['leave']
  readonly relays: Relays
  readonly keys: KeyTransport
  readonly render: RenderMail
  readonly compose: ComposeMail
  /** Envelope sender of a message: where reports about it come back to. */
  readonly returnPath: (messageId: string) => string
  /** Who gets mail of test mode after all. */
  readonly testRecipients: readonly string[]
  readonly limiter: RateLimiter
  readonly clock: () => Date
  readonly random: () => number
  readonly failpoint: Failpoint
  readonly logger: Logger
}

/** What came of an attempt; null when nothing left, and the row is not ours (any more): its lease decides. */
export type DeliverMail = (ready: ReadyMail) => Promise<Settlement | null>

/** Renders a frozen mail, hands it to a relay, and judges what came of it. */
export const createDeliverMail =
  (options: DeliverOptions): DeliverMail =>
  async ({ mail, token, frozen, person, bytes: kept }) => {
    const route = routeOf(mail.livemode, frozen.to, options.testRecipients)
    // Rendered while the relay is spoken to.
    const rendering =
      kept === null
        ? render(options, mail, frozen, route === 'live' && !mail.livemode)
        : Promise.resolve(kept)
    const { delivery, relay } = await options.relays.deliver(route, {
      from: options.returnPath(mail._id),
      to: frozen.to,
      trace: mail.trace,
      content: async (name) => {
        const bytes = await rendering
        if (bytes === null) return null
        options.failpoint('mail.rendered')
        const isOurs = await options.leave(mail._id, token, { person, relay: name, bytes })
        if (isOurs) options.failpoint('mail.sending')
        return isOurs ? bytes : null
      },
    })
    if ((await rendering) === null) return final('failed', 'not_renderable')
    if (delivery.kind === 'accepted') options.failpoint('mail.delivered')
    if (relay !== null) noteDomain(options, frozen, delivery)
    return judgeDelivery(options, mail, frozen, delivery)
  }

/** The key is in clear only from here to the socket. Null when it cannot be rendered: waiting would not mend that. */
const render = async (
  { keys, render: renderMail, compose, logger }: DeliverOptions,
  mail: MailInHand,
  frozen: FrozenMail,
  isMarked: boolean,
): Promise<Buffer | null> => {
  try {
    const key = mail.encryptedKey === null ? '' : await keys.open(mail.encryptedKey)
    if (key === '' && carriesKey(mail)) return null
    const rendered = renderMail(frozen.view, key)
    return await compose(
      frozen,
      isMarked ? { ...rendered, subject: `[TEST] ${rendered.subject}` } : rendered,
      {
        id: mail._id,
        caseId: mail.order?.notice?.caseId ?? null,
      },
    )
  } catch (error) {
    logger.error({ message: mail._id, template: mail.template, err: error }, 'mail.not_renderable')
    return null
  }
}

const carriesKey = ({ template }: MailInHand): boolean =>
  template === 'license_issued' || template === 'license_resent' || template === 'key_rotated'

const noteDomain = ({ limiter, clock }: DeliverOptions, frozen: FrozenMail, delivery: Delivery): void => {
  const isRefused =
    delivery.kind === 'failed' &&
    delivery.failure.stage === 'rcpt' &&
    delivery.failure.reply !== null &&
    delivery.failure.reply < 500
  if (isRefused || delivery.kind === 'accepted')
    limiter.note(domainOf(frozen.to), isRefused, clock().getTime())
}

const final = (
  outcome: Extract<Settlement, { kind: 'final' }>['outcome'],
  code: string | null,
  reply: number | null = null,
): Extract<Settlement, { kind: 'final' }> => ({
  kind: 'final',
  outcome,
  failure: code === null ? null : { code, reply },
})

const judgeDelivery = (
  { clock, random }: DeliverOptions,
  mail: MailInHand,
  frozen: FrozenMail,
  delivery: Delivery,
): Settlement | null => {
  if (delivery.kind === 'accepted') return final('accepted', null)
  if (delivery.kind === 'withheld') return null
  const verdict = judge(delivery.failure)
  const { reply } = delivery.failure
  if (verdict.kind === 'final')
    return {
      ...final(verdict.outcome, delivery.code, reply),
      isBadAddress: isBadMailbox(delivery.failure),
    }
  if (clock().getTime() - Date.parse(frozen.date) > GIVE_UP_AFTER_MS) return final('failed', 'gave_up', reply)
  const waitMs = Math.round(retryWaitMs(verdict.why, mail.attempts + 1, random()))
  return { kind: 'retry', waitMs, failure: { code: delivery.code, reply } }
}
