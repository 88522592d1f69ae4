import type { MessageState } from '@keyflow/contracts'
import type { MailContent, MailView } from './mail-view.ts'
import type { Statement } from './statement.ts'
import type { MailTemplate } from './templates.ts'

export { MESSAGE_STATES, type MessageState } from '@keyflow/contracts'

/** States that somebody has to work on. */
export const OPEN_STATES: readonly MessageState[] = ['waiting_contact', 'queued', 'rendered', 'sending']

/** Why a mail is not sent after all. */
export type DropState = 'superseded' | 'expired' | 'suppressed'

/** Everything that decides the bytes of a mail, except the license key: fixed when it is rendered. */
export interface FrozenMail {
  readonly to: string
  readonly toName: string | null
  readonly messageId: string
  /** ISO 8601 UTC. */
  readonly date: string
  readonly view: MailView
  /** What the customer knows once it is accepted; null for mails that are not about a license's state. */
  readonly said: { readonly version: number; readonly statement: Statement } | null
}

/** A mail that was asked for with all its facts, rather than decided by the conversation about a license. */
export interface MailOrder {
  readonly content: MailContent
  /** The dunning case that it belongs to: it is dropped once the case has moved on. */
  readonly notice: { readonly caseId: string; readonly key: string; readonly seq: number } | null
  /** ISO 8601: not sent after this. */
  readonly expiresAt: string | null
  /** Kafka key of what asked for it. */
  readonly recordKey: string | null
}

/** What makes two mails the same mail: one per cause, whoever repeats what. The address may be unknown as yet, so the role stands for it. */
export interface MailCause {
  readonly account: string
  readonly livemode: boolean
  readonly template: MailTemplate
  readonly subject: string
  readonly occurrence: string
  readonly recipient: 'buyer' | 'alternate' | 'operator'
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

/** How much of an id stands in addresses and headers: 160 bits. */
export const SHORT_ID = 40

/** `<id@domain of the sender>`: the same for every attempt. */
export const messageIdOf = (id: string, senderDomain: string): string =>
  `<${id.slice(0, SHORT_ID)}@${senderDomain}>`
