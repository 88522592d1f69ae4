import type { Contact } from './contact.ts'
import { type Conversation, needsTelling, type OpenMail } from './conversation.ts'
import { headerText } from './mail-address.ts'
import { type Brand, licenseView, type MailView } from './mail-view.ts'
import { type FrozenMail, messageIdOf } from './message.ts'
import { statementOf } from './statement.ts'

export interface FreezeInput {
  /** Id of the message in the ledger. */
  readonly id: string
  readonly mail: OpenMail
  readonly licenseId: string
  readonly conversation: Conversation
  readonly contact: Contact | null
  readonly brand: Brand
  readonly senderDomain: string
  readonly now: Date
  /** Date of an earlier attempt that surely left nothing behind: it stays. */
  readonly date: string | null
}

export type Frozen =
  | { readonly kind: 'frozen'; readonly mail: FrozenMail }
  | { readonly kind: 'waiting_contact' }
  /** No longer true, or no longer news. */
  | { readonly kind: 'superseded' }

/** The check at send time, and the last one: from here on the content of the mail is fixed. */
export const freezeMail = (input: FreezeInput): Frozen => {
  const { conversation, mail, contact } = input
  const { newest, told } = conversation
  if (newest === null) return { kind: 'superseded' }
  if (mail.template === 'license_changed' && (newest.version !== mail.version || !needsTelling(conversation)))
    return { kind: 'superseded' }
  if (contact === null) return { kind: 'waiting_contact' }
  const statement = statementOf(newest.summary)
  const license = licenseView(newest.summary, statement, {
    brand: input.brand,
    licenseId: input.licenseId,
    customerName: contact.name === null ? null : headerText(contact.name, 80),
    locale: contact.locale,
  })
  const view: MailView =
    mail.template === 'license_issued'
      ? { ...license, template: 'license_issued' }
      : { ...license, template: 'license_changed', before: told?.statement ?? null }
  return {
    kind: 'frozen',
    mail: {
      to: contact.email,
      toName: license.customerName,
      messageId: messageIdOf(input.id, input.senderDomain),
      date: input.date ?? input.now.toISOString(),
      view,
      version: newest.version,
      statement,
    },
  }
}
