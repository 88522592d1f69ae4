import type { MailTemplate } from './conversation.ts'
import type { MailView } from './mail-view.ts'
import type { Statement } from './statement.ts'

/**
 * waiting_contact -> queued -> rendered -> sending -> accepted | bounced | failed | unknown, or superseded before it is
 * rendered. `sending` is committed before the first byte of content can leave: whoever finds it later finds "outcome unknown".
 */
export const MESSAGE_STATES = [
  'waiting_contact',
  'queued',
  'rendered',
  'sending',
  'accepted',
  'bounced',
  'failed',
  'unknown',
  'superseded',
] as const
export type MessageState = (typeof MESSAGE_STATES)[number]

/** States that somebody has to work on. */
export const OPEN_STATES: readonly MessageState[] = ['waiting_contact', 'queued', 'rendered', 'sending']

/** Everything that decides the bytes of a mail, except the license key: fixed when it is rendered. */
export interface FrozenMail {
  readonly to: string
  readonly toName: string | null
  readonly messageId: string
  /** ISO 8601 UTC. */
  readonly date: string
  readonly view: MailView
  /** What the customer knows once it is accepted. */
  readonly version: number
  readonly statement: Statement
}

/** What makes two mails the same mail: one per cause, whoever repeats what. The address may be unknown as yet, so the role stands for it. */
export interface MailCause {
  readonly account: string
  readonly livemode: boolean
  readonly template: MailTemplate
  readonly subject: string
  readonly occurrence: string
  readonly recipient: 'buyer'
  readonly channel: 'email'
}

/** Unambiguous text of a cause, to be hashed into the message's id. */
export const causeText = (cause: MailCause): string =>
  JSON.stringify([
    cause.account,
    cause.livemode,
    cause.template,
    cause.subject,
    cause.occurrence,
    cause.recipient,
    cause.channel,
  ])

/** `<id@domain of the sender>`: the same for every attempt. */
export const messageIdOf = (id: string, senderDomain: string): string =>
  `<${id.slice(0, 40)}@${senderDomain}>`
