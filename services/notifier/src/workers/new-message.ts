import { type LicenseEvent, scopedId } from '@keyflow/contracts'
import { messageIdFor } from '../adapters/message-digest.ts'
import type { NewMessage } from '../adapters/message-store.ts'
import type { Cause, OpenMail } from '../domain/conversation.ts'
import type { MailCause } from '../domain/message.ts'

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

export const newMessage = (
  license: LicenseRef,
  mail: OpenMail,
  cause: Cause,
  rest: Pick<NewMessage, 'encryptedKey' | 'createdAt'>,
): NewMessage => ({
  _id: messageOf(license, mail),
  account: license.account,
  livemode: license.livemode,
  template: mail.template,
  occurrence: mail.occurrence,
  version: mail.version,
  licenseId: license.licenseId,
  conversation: conversationIdOf(license),
  refs: [...cause.refs],
  trace: cause.trace,
  receivedAt: cause.receivedAt,
  state: 'queued',
  frozen: null,
  claim: null,
  ...rest,
})
