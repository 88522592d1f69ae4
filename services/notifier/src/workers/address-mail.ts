import { randomUUID } from 'node:crypto'
import type { PersonalVault, Transaction } from '@keyflow/runtime'
import { findContacts } from '../adapters/contact-store.ts'
import { openMailOf } from '../adapters/message-rows.ts'
import type { NewMessage } from '../adapters/message-store.ts'
import { chooseContact } from '../domain/choose-contact.ts'
import type { Contact, ContactSource } from '../domain/contact.ts'
import type { Conversation } from '../domain/conversation.ts'
import { freezeMail } from '../domain/freeze-mail.ts'
import type { Brand } from '../domain/mail-view.ts'

export interface Letterhead {
  readonly brand: Brand
  readonly senderDomain: string
}

export interface AddressMailOptions extends Letterhead {
  readonly owner: string
  /** How many more mails this process can take in hand right now. */
  readonly room: () => number
}

/**
 * Addresses new mail. What this process can send at once is rendered and claimed in the very transaction that puts it
 * into the ledger: the claim and the check at send time cost no commit of their own, and nobody has to look for it.
 */
export const createAddressMail =
  ({ brand, senderDomain, owner, room }: AddressMailOptions) =>
  async (
    messages: readonly NewMessage[],
    conversations: ReadonlyMap<string, Conversation>,
    { store, session, now }: Transaction,
    personal: PersonalVault,
  ): Promise<readonly NewMessage[]> => {
    const sources = await findContacts({ store, personal }, session, [
      ...new Set(messages.flatMap((m) => m.refs)),
    ])
    let left = room()
    return messages.map((message) => {
      const contact = contactOf(message, sources)
      const conversation = conversations.get(message.conversation)
      if (contact === null) return { ...message, state: 'waiting_contact' as const }
      if (left <= 0 || conversation === undefined) return message
      const frozen = freezeMail({
        id: message._id,
        mail: openMailOf(message),
        licenseId: message.licenseId,
        conversation,
        contact,
        brand,
        senderDomain,
        now,
        date: null,
      })
      if (frozen.kind !== 'frozen') return message
      left -= 1
      return {
        ...message,
        state: 'rendered' as const,
        frozen: frozen.mail,
        claim: { owner, token: randomUUID() },
      }
    })
  }

const contactOf = ({ refs }: NewMessage, sources: readonly ContactSource[]): Contact | null => {
  const mine = new Set(refs)
  return chooseContact(sources.filter((source) => source.refs.some((ref) => mine.has(ref))))
}
