import { type CaseHead, UNKNOWN_CASE, whyStale } from './case-head.ts'
import type { Contact } from './contact.ts'
import { type Conversation, needsTelling, type OpenMail } from './conversation.ts'
import { chooseLocale } from './locale.ts'
import { headerText } from './mail-address.ts'
import { type Brand, licenseFactsOf, type MailContent } from './mail-view.ts'
import { type DropState, type FrozenMail, type MailOrder, messageIdOf } from './message.ts'
import { statementOf } from './statement.ts'
import { type MailTemplate, TEMPLATES } from './templates.ts'

/** How this installation writes. */
export interface Letterhead {
  readonly brand: Brand
  readonly senderDomain: string
  /** Of customers whose language is not known, and of operators. */
  readonly locale: string
  readonly timeZone: string
  /** Where mails for operators go; null = nowhere. */
  readonly operators: string | null
  /** Link to unsubscribe from a category; null when there is none to be had. */
  readonly unsubscribeUrl: (address: string, category: string) => string | null
}

/** What a mail is checked against when it is about to be sent. */
export interface Circumstances {
  readonly conversation: Conversation | null
  readonly head: CaseHead | null
  readonly contact: Contact | null
  /** Why no mail of that category goes to that address; null when it may. */
  readonly suppressed: (address: string, category: string) => string | null
}

export interface FreezeInput extends Circumstances {
  /** Id of the message in the ledger. */
  readonly id: string
  readonly template: MailTemplate
  readonly livemode: boolean
  /** Of a mail that the conversation decides. */
  readonly mail: OpenMail | null
  readonly licenseId: string | null
  readonly order: MailOrder | null
  readonly letterhead: Letterhead
  readonly now: Date
  /** Date of an earlier attempt that surely left nothing behind: it stays. */
  readonly date: string | null
}

export type Frozen =
  /** `person`: whose key seals it. */
  | { readonly kind: 'frozen'; readonly mail: FrozenMail; readonly person: string }
  | { readonly kind: 'waiting_contact' }
  | { readonly kind: 'dropped'; readonly state: DropState; readonly reason: string }

const dropped = (state: DropState, reason: string): Frozen => ({ kind: 'dropped', state, reason })

interface Said {
  readonly content: MailContent
  readonly said: FrozenMail['said']
}

/** The check at send time, and the last one: from here on the content of the mail is fixed. */
export const freezeMail = (input: FreezeInput): Frozen => {
  const { order, letterhead, template, now } = input
  if (order?.expiresAt != null && now.getTime() > Date.parse(order.expiresAt))
    return dropped('expired', 'too_late')
  const stale = order === null ? null : whyStale(input.head ?? UNKNOWN_CASE, order)
  if (stale !== null) return dropped('superseded', stale)
  const said = order === null ? sayOf(input) : { content: order.content, said: null }
  if (said === null) return dropped('superseded', 'no_longer_news')
  const contact = recipientOf(input)
  if (contact === null) return { kind: 'waiting_contact' }
  const { category } = TEMPLATES[template]
  const suppressed = input.suppressed(contact.email, category)
  if (suppressed !== null) return dropped('suppressed', suppressed)
  const customerName = contact.name === null ? null : headerText(contact.name, 80)
  return {
    kind: 'frozen',
    person: contact.person,
    mail: {
      to: contact.email,
      toName: customerName,
      messageId: messageIdOf(input.id, letterhead.senderDomain),
      date: input.date ?? now.toISOString(),
      view: {
        context: {
          brand: letterhead.brand,
          customerName,
          locale: chooseLocale(contact, letterhead.locale),
          timeZone: zoneOf(said.content) ?? letterhead.timeZone,
          unsubscribeUrl: category === 'optional' ? letterhead.unsubscribeUrl(contact.email, category) : null,
          isTest: !input.livemode,
        },
        content: said.content,
      },
      said: said.said,
    },
  }
}

/** The zone in which dunning counts its days is the one in which they are printed. */
const zoneOf = (content: MailContent): string | null =>
  'zone' in content && typeof content.zone === 'string' ? content.zone : null

const recipientOf = ({ template, letterhead, contact }: FreezeInput): Contact | null => {
  if (TEMPLATES[template].category !== 'operator') return contact
  const { operators } = letterhead
  return operators === null
    ? null
    : { email: operators, name: null, locale: letterhead.locale, country: null, person: 'operators' }
}

/** What a mail about a license's state says now; null when that is no longer news. */
const sayOf = ({ conversation, mail, licenseId }: FreezeInput): Said | null => {
  if (conversation === null || mail === null || licenseId === null || conversation.newest === null)
    return null
  const { newest, told } = conversation
  if (mail.template === 'license_changed' && (newest.version !== mail.version || !needsTelling(conversation)))
    return null
  const statement = statementOf(newest.summary)
  const facts = licenseFactsOf(newest.summary, statement, licenseId)
  return {
    content:
      mail.template === 'license_issued'
        ? facts
        : { ...facts, template: 'license_changed', before: told?.statement ?? null },
    said: { version: newest.version, statement },
  }
}
