import { type LicenseEvent, type RecordHeaders, scopedId } from '@keyflow/contracts'
import { messageIdFor } from '../adapters/message-digest.ts'
import type { MessageRow } from '../adapters/message-rows.ts'
import type { NewMessage } from '../adapters/message-store.ts'
import type { Cause, OpenMail } from '../domain/conversation.ts'
import type { MailCause } from '../domain/message.ts'
import { type OrderedMail, templateOf } from '../domain/occasion.ts'
import { TEMPLATES } from '../domain/templates.ts'

/** Which license a conversation is about. */
export type LicenseRef = Pick<LicenseEvent, 'account' | 'livemode' | 'licenseId'>

export const conversationIdOf = (license: LicenseRef): string => scopedId(license, license.licenseId)

/** Id of the one ledger row that a mail about a license can have. */
export const messageOf = (license: LicenseRef, mail: OpenMail): string => {
  const cause: MailCause = {
    account: license.account,
    livemode: license.livemode,
    template: mail.template,
    subject: license.licenseId,
    occurrence: mail.occurrence,
    recipient: 'buyer',
    channel: 'email',
  }
  return messageIdFor(cause)
}

const UNTOUCHED = { state: 'queued', frozen: null, addressHash: null, claim: null, failure: null } as const

/** A mail that the conversation about a license decided. */
export const newMessage = (
  license: LicenseRef & { readonly customer: string | null },
  mail: OpenMail,
  cause: Cause,
  rest: Pick<NewMessage, 'encryptedKey' | 'createdAt'>,
): NewMessage => ({
  ...UNTOUCHED,
  _id: messageOf(license, mail),
  account: license.account,
  livemode: license.livemode,
  template: mail.template,
  occurrence: mail.occurrence,
  recipient: 'buyer',
  version: mail.version,
  licenseId: license.licenseId,
  conversation: conversationIdOf(license),
  order: null,
  customer: license.customer,
  person: personOf(license, license.customer, cause.refs),
  refs: [...cause.refs],
  trace: cause.trace,
  receivedAt: cause.receivedAt,
  priority: TEMPLATES[mail.template].priority,
  ...rest,
})

const personOf = (
  scope: Pick<MessageRow, 'account' | 'livemode'>,
  customer: string | null,
  refs: readonly string[],
): string => (customer === null ? (refs[0] ?? scopedId(scope, 'nobody')) : scopedId(scope, customer))

/** A mail that was ordered with all its facts. */
export const orderedMessage = (
  mail: OrderedMail,
  context: {
    readonly trace: RecordHeaders
    readonly receivedAt: number | null
    readonly createdAt: Date
    readonly recipient?: MailCause['recipient']
  },
): NewMessage => {
  const template = templateOf(mail)
  const { recipient = TEMPLATES[template].category === 'operator' ? 'operator' : 'buyer', ...rest } = context
  const cause: MailCause = {
    ...mail.scope,
    template,
    subject: mail.subject,
    occurrence: mail.occurrence,
    recipient,
    channel: 'email',
  }
  return {
    ...UNTOUCHED,
    _id: messageIdFor(cause),
    ...mail.scope,
    template,
    occurrence: mail.occurrence,
    recipient,
    version: null,
    licenseId: mail.licenseId,
    conversation: null,
    order: mail.order,
    customer: mail.customer,
    person: personOf(mail.scope, mail.customer, mail.refs),
    refs: [...mail.refs],
    encryptedKey: mail.encryptedKey,
    priority: TEMPLATES[template].priority,
    ...rest,
  }
}
