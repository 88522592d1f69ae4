import { inTransaction, type PersonalVault, type Store, type Transaction } from '@keyflow/runtime'
import { findContacts } from '../adapters/contact-store.ts'
import { loadConversations, saveConversations } from '../adapters/conversation-store.ts'
import { type MessageRow, openMailOf } from '../adapters/message-rows.ts'
import { findClaimed, finish, insertMessages, markRendered, putBack } from '../adapters/message-store.ts'
import { chooseContact } from '../domain/choose-contact.ts'
import {
  type Conversation,
  confirm,
  type FinalOutcome,
  reconsider,
  type Step,
  settle,
} from '../domain/conversation.ts'
import { freezeMail } from '../domain/freeze-mail.ts'
import type { FrozenMail } from '../domain/message.ts'
import type { Letterhead } from './address-mail.ts'
import { newMessage } from './new-message.ts'

type Session = Transaction['session']

export interface MailStepsOptions extends Letterhead {
  readonly store: Store
  readonly personal: PersonalVault
  readonly leaseMs: number
  readonly clock: () => Date
}

export type Prepared =
  | { readonly kind: 'ready'; readonly frozen: FrozenMail }
  | { readonly kind: 'waiting_contact' }
  | { readonly kind: 'superseded' }
  | { readonly kind: 'lost' }

export type Settlement =
  | { readonly kind: 'final'; readonly outcome: FinalOutcome; readonly failure: MessageRow['failure'] }
  | { readonly kind: 'retry'; readonly waitMs: number; readonly failure: MessageRow['failure'] }

export type Settled = { readonly kind: 'settled' | 'put_back' | 'superseded' | 'lost' }

/** Contact that never came is looked for ever more rarely; its arrival wakes the mail at once anyway. */
const FIRST_LOOK_MS = 2000
const LONGEST_LOOK_MS = 3_600_000

/** The transactions of a mail's way through the ledger. Each is one decision of the domain, committed whole. */
export const createMailSteps = ({
  store,
  personal,
  brand,
  senderDomain,
  leaseMs,
  clock,
}: MailStepsOptions) => {
  const loadConversation = async (row: MessageRow, session: Session): Promise<Conversation> =>
    (await loadConversations(store, session, [row.conversation])).get(row.conversation) as Conversation

  const commitStep = async (session: Session, row: MessageRow, step: Step): Promise<void> => {
    await saveConversations(store, session, new Map([[row.conversation, step.conversation]]))
    if (step.queued === null || step.conversation.newest === null) return
    const { cause } = step.conversation.newest
    const message = newMessage(row, step.queued, cause, { encryptedKey: null, createdAt: clock() })
    await insertMessages(store, session, [message], leaseMs)
  }

  const supersede = async (session: Session, row: MessageRow, conversation: Conversation) => {
    await finish(store, session, row._id, 'superseded', null)
    await commitStep(session, row, reconsider(conversation))
  }

  return {
    /** The check at send time: fixes the mail, or parks it for want of an address, or drops it as no longer true. */
    prepare: (id: string, token: string): Promise<Prepared> =>
      inTransaction(store, async (session) => {
        const row = await findClaimed(store, session, id, token)
        if (
          row === null ||
          (row.state !== 'queued' && row.state !== 'waiting_contact' && row.state !== 'rendered')
        )
          return { kind: 'lost' }
        const conversation = await loadConversation(row, session)
        const frozen = freezeMail({
          id,
          mail: openMailOf(row),
          licenseId: row.licenseId,
          conversation,
          contact: chooseContact(await findContacts({ store, personal }, session, row.refs)),
          brand,
          senderDomain,
          now: clock(),
          date: row.frozen?.date ?? null,
        })
        if (frozen.kind === 'superseded') {
          await supersede(session, row, conversation)
          return frozen
        }
        if (frozen.kind === 'waiting_contact') {
          const waitMs = Math.min(LONGEST_LOOK_MS, FIRST_LOOK_MS * 2 ** Math.min(row.attempts, 20))
          const attempts = row.attempts + 1
          await putBack(store, session, id, { state: 'waiting_contact', waitMs, attempts, failure: null })
          return frozen
        }
        await markRendered(store, session, row, frozen.mail)
        return { kind: 'ready', frozen: frozen.mail }
      }),

    /** Records what came of an attempt, and speaks on if the license changed meanwhile. */
    settle: (id: string, token: string, settlement: Settlement): Promise<Settled> =>
      inTransaction(store, async (session) => {
        const row = await findClaimed(store, session, id, token)
        if (row === null || row.frozen === null) return { kind: 'lost' }
        const said = { version: row.frozen.version, statement: row.frozen.statement }
        const conversation = await loadConversation(row, session)
        if (row.state === 'unknown') {
          // Its lease ran out while the relay was still thinking; now it has answered.
          if (settlement.kind !== 'final' || settlement.outcome !== 'accepted') return { kind: 'lost' }
          await finish(store, session, id, 'accepted', null)
          await saveConversations(store, session, new Map([[row.conversation, confirm(conversation, said)]]))
          return { kind: 'settled' }
        }
        if (row.state !== 'rendered' && row.state !== 'sending') return { kind: 'lost' }
        if (settlement.kind === 'final') {
          await finish(store, session, id, settlement.outcome, settlement.failure)
          await commitStep(session, row, settle(conversation, said, settlement.outcome))
          return { kind: 'settled' }
        }
        const { waitMs, failure } = settlement
        if (reconsider(conversation).superseded !== null) {
          await supersede(session, row, conversation)
          return { kind: 'superseded' }
        }
        await putBack(store, session, id, { state: 'queued', waitMs, attempts: row.attempts + 1, failure })
        return { kind: 'put_back' }
      }),
  }
}
export type MailSteps = ReturnType<typeof createMailSteps>
