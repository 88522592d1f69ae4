import { randomUUID } from 'node:crypto'
import type { PersonalVault, Transaction } from '@keyflow/runtime'
import type { HashAddress } from '../adapters/address-hash.ts'
import { findContacts } from '../adapters/contact-store.ts'
import { sealMails } from '../adapters/frozen-mail.ts'
import { openMailOf } from '../adapters/message-rows.ts'
import type { NewMessage } from '../adapters/message-store.ts'
import type { CaseHead } from '../domain/case-head.ts'
import { chooseContact } from '../domain/choose-contact.ts'
import type { Contact, ContactSource } from '../domain/contact.ts'
import type { Conversation } from '../domain/conversation.ts'
import { type Circumstances, type Frozen, freezeMail, type Letterhead } from '../domain/freeze-mail.ts'
import type { FrozenMail } from '../domain/message.ts'
import type { Priority } from '../domain/templates.ts'

export interface AddressMailOptions {
  readonly letterhead: Letterhead
  readonly suppressed: Circumstances['suppressed']
  readonly hash: HashAddress
  readonly owner: string
  /** How many more mails of that priority this process can take in hand right now; 0 for those that have a limit per address. */
  readonly room: (priority: Priority) => number
}

export interface Known {
  readonly conversations: ReadonlyMap<string, Conversation>
  readonly heads: ReadonlyMap<string, CaseHead>
}

/** A new row, and what it says if it was rendered at once. */
export interface Addressed {
  readonly message: NewMessage
  readonly mail: FrozenMail | null
}

/**
 * Addresses new mail. What this process can send at once is rendered and claimed in the very transaction that puts it
 * into the ledger: the claim and the check at send time cost no commit of their own, and nobody has to look for it.
 */
export const createAddressMail =
  (options: AddressMailOptions) =>
  async (
    messages: readonly NewMessage[],
    known: Known,
    { store, session, now }: Transaction,
    personal: PersonalVault,
  ): Promise<readonly Addressed[]> => {
    const open = messages.filter(({ state }) => state === 'queued')
    const refs = [...new Set(open.flatMap((message) => message.refs))]
    const sources = await findContacts({ store, personal }, session, refs)
    const taken = new Map<Priority, number>()
    const frozen = new Map<string, Frozen>()
    for (const message of open) {
      const one = freeze(options, message, known, contactOf(message, sources), now)
      const before = taken.get(message.priority) ?? 0
      if (one.kind !== 'frozen') frozen.set(message._id, one)
      else if (before < options.room(message.priority)) {
        taken.set(message.priority, before + 1)
        frozen.set(message._id, one)
      }
    }
    const rendered = [...frozen].flatMap(([id, one]) => (one.kind === 'frozen' ? [{ id, ...one }] : []))
    const sealed = await sealMails(personal, rendered)
    const stored = new Map(rendered.map(({ id }, at) => [id, sealed[at] ?? null]))
    return messages.map((message) => {
      const one = frozen.get(message._id)
      if (one === undefined) return { message, mail: null }
      if (one.kind === 'waiting_contact') return { message: { ...message, state: one.kind }, mail: null }
      // What a conversation decided is dropped by the check at send time, together with its place in the conversation.
      if (one.kind === 'dropped' && message.conversation !== null) return { message, mail: null }
      if (one.kind === 'dropped')
        return { message: { ...message, state: one.state, failure: failureOf(one.reason) }, mail: null }
      const mail = stored.get(message._id) ?? null
      if (mail === null && message.conversation !== null) return { message, mail: null }
      if (mail === null)
        return { message: { ...message, state: 'suppressed', failure: failureOf('erased') }, mail: null }
      return {
        message: {
          ...message,
          state: 'rendered',
          person: one.person,
          frozen: mail,
          addressHash: options.hash(one.mail.to),
          claim: { owner: options.owner, token: randomUUID() },
        },
        mail: one.mail,
      }
    })
  }

const failureOf = (code: string): NewMessage['failure'] => ({ code, reply: null })

const freeze = (
  { letterhead, suppressed }: AddressMailOptions,
  message: NewMessage,
  { conversations, heads }: Known,
  contact: Contact | null,
  now: Date,
): Frozen =>
  freezeMail({
    id: message._id,
    template: message.template,
    livemode: message.livemode,
    mail: openMailOf(message),
    licenseId: message.licenseId,
    order: message.order,
    conversation: message.conversation === null ? null : (conversations.get(message.conversation) ?? null),
    head: message.order?.notice == null ? null : (heads.get(message.order.notice.caseId) ?? null),
    contact,
    suppressed,
    letterhead,
    now,
    date: null,
  })

/** Whom a mail goes to, of all that was found for several. */
export const contactOf = (
  { refs, recipient }: Pick<NewMessage, 'refs' | 'recipient'>,
  sources: readonly ContactSource[],
): Contact | null => {
  const mine = new Set(refs)
  return chooseContact(
    sources.filter((source) => source.refs.some((ref) => mine.has(ref))),
    recipient === 'alternate' ? 1 : 0,
  )
}
