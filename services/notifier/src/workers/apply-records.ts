import type { Applied, BatchItem, Transaction } from '@keyflow/runtime'
import { findContacts, mergeContacts } from '../adapters/contact-store.ts'
import { loadConversations, saveConversations } from '../adapters/conversation-store.ts'
import { findMessages, finish, insertMessages, type NewMessage } from '../adapters/message-store.ts'
import { chooseContact } from '../domain/choose-contact.ts'
import { type ContactSource, mergeContactSources } from '../domain/contact.ts'
import { type Conversation, hear } from '../domain/conversation.ts'
import type { NotifierItem } from './decode-record.ts'
import { conversationIdOf, messageOf, newMessage } from './new-message.ts'

type LicenseItem = Extract<NotifierItem, { kind: 'license' }>
interface News {
  readonly item: LicenseItem
  readonly trace: BatchItem<NotifierItem>['trace']
}

export interface ApplyHooks {
  /** Mail was put into the ledger, or somebody's contact became known (its scoped refs). */
  readonly wake: (touchedRefs: readonly string[]) => void
}

/** Folds contacts, and turns license events into rows of the send ledger. */
export const createApplyRecords =
  (hooks: ApplyHooks) =>
  async (items: readonly BatchItem<NotifierItem>[], transaction: Transaction): Promise<Applied> => {
    const touched = await foldContacts(items, transaction)
    const news = items.flatMap(({ item, trace }) => (item.kind === 'license' ? [{ item, trace }] : []))
    const queued = news.length === 0 ? 0 : await takeInNews(news, transaction)
    return {
      outbox: [],
      afterCommit: () => {
        if (queued > 0 || touched.length > 0) hooks.wake(touched)
      },
    }
  }

const foldContacts = async (
  items: readonly BatchItem<NotifierItem>[],
  { store, session }: Transaction,
): Promise<readonly string[]> => {
  const sources = new Map<string, ContactSource>()
  for (const { item } of items)
    if (item.kind === 'contacts')
      for (const source of item.sources)
        sources.set(source.id, mergeContactSources(sources.get(source.id), source))
  await mergeContacts(store, session, [...sources.values()])
  return [...new Set([...sources.values()].flatMap((source) => source.refs))]
}

const takeInNews = async (news: readonly News[], transaction: Transaction): Promise<number> => {
  const { store, session, now } = transaction
  const conversations = await loadConversations(store, session, [
    ...new Set(news.map(({ item }) => conversationIdOf(item.event))),
  ])
  const underWay = await findUnderWay(news, conversations, transaction)
  const messages = new Map<string, Omit<NewMessage, 'state'>>()
  const superseded = new Set<string>()
  for (const { item, trace } of news) {
    const { event, refs, receivedAt } = item
    const id = conversationIdOf(event)
    const before = conversations.get(id) as Conversation
    const cause = { refs, trace, receivedAt }
    const isUnderWay = before.open !== null && underWay.has(messageOf(event, before.open))
    const step = hear(before, event, cause, isUnderWay)
    conversations.set(id, step.conversation)
    if (step.superseded !== null) {
      const old = messageOf(event, step.superseded)
      if (!messages.delete(old)) superseded.add(old)
    }
    if (step.queued !== null) {
      const encryptedKey = step.queued.template === 'license_issued' ? (event.encryptedKey ?? null) : null
      const message = newMessage(event, step.queued, cause, { encryptedKey, createdAt: now, state: 'queued' })
      messages.set(message._id, message)
    }
  }
  await saveConversations(store, session, conversations)
  for (const id of superseded) await finish(store, session, id, 'superseded', null)
  const inserted = await insertMessages(store, session, await addStates([...messages.values()], transaction))
  return inserted.length
}

/** Open mail that is rendered or being sent already: it runs its course. */
const findUnderWay = async (
  news: readonly News[],
  conversations: ReadonlyMap<string, Conversation>,
  { store, session }: Transaction,
): Promise<ReadonlySet<string>> => {
  const open = news.flatMap(({ item }) => {
    const mail = conversations.get(conversationIdOf(item.event))?.open ?? null
    return mail === null ? [] : [messageOf(item.event, mail)]
  })
  const rows = await findMessages(store, session, [...new Set(open)])
  return new Set(
    rows.filter(({ state }) => state === 'rendered' || state === 'sending').map((row) => row._id),
  )
}

/** Mail whose recipient is not known yet waits for the contact. */
const addStates = async (
  messages: readonly Omit<NewMessage, 'state'>[],
  { store, session }: Transaction,
): Promise<readonly NewMessage[]> => {
  const sources = await findContacts(store, session, [...new Set(messages.flatMap((m) => m.refs))])
  return messages.map((message) => {
    const own = sources.filter((source) => source.refs.some((ref) => message.refs.includes(ref)))
    return {
      ...message,
      state: chooseContact(own) === null ? ('waiting_contact' as const) : ('queued' as const),
    }
  })
}
