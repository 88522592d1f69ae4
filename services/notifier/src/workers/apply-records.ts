import { current } from '@keyflow/contracts'
import type { Applied, BatchItem, OutboxEntry, PersonalVault, Transaction } from '@keyflow/runtime'
import { mergeContacts } from '../adapters/contact-store.ts'
import { loadConversations, saveConversations } from '../adapters/conversation-store.ts'
import { findMessages, finish, insertMessages, type NewMessage } from '../adapters/message-store.ts'
import { type ContactSource, mergeContactSources } from '../domain/contact.ts'
import { type Conversation, hear } from '../domain/conversation.ts'
import type { NotifierItem } from './decode-record.ts'
import { erasuresOfDeleted } from './erase-person.ts'
import { conversationIdOf, messageOf, newMessage } from './new-message.ts'

type LicenseItem = Extract<NotifierItem, { kind: 'license' }>
interface News {
  readonly item: LicenseItem
  readonly trace: BatchItem<NotifierItem>['trace']
}

export interface ApplyOptions {
  /** Topic of erasures: customers deleted in Stripe are erased. Null = they are kept. */
  readonly eraseDeleted: string | null
  readonly leaseMs: number
  /** Looks up contacts, and renders and claims what this process can send at once. */
  readonly address: (
    messages: readonly NewMessage[],
    conversations: ReadonlyMap<string, Conversation>,
    transaction: Transaction,
    personal: PersonalVault,
  ) => Promise<readonly NewMessage[]>
  /** After the commit: new mail, somebody's contact (its scoped refs), mail that is no longer true (how many). */
  readonly onCommitted: (
    messages: readonly NewMessage[],
    touchedRefs: readonly string[],
    superseded: number,
  ) => void
}

/** Folds contacts, and turns license events into rows of the send ledger. */
export const createApplyRecords =
  (options: ApplyOptions) =>
  async (
    items: readonly BatchItem<NotifierItem>[],
    transaction: Transaction,
    personal: PersonalVault,
  ): Promise<Applied> => {
    const touched = await foldContacts(items, transaction, personal)
    const news = items.flatMap(({ item, trace }) => (item.kind === 'license' ? [{ item, trace }] : []))
    const { messages, superseded } = await takeInNews(options, news, transaction, personal)
    return {
      outbox: await eraseDeleted(options, items, transaction),
      afterCommit: () => options.onCommitted(messages, touched, superseded),
    }
  }

/** Once for each event: the same customer deleted twice is an erasure that changes nothing. */
const eraseDeleted = async (
  { eraseDeleted: topic }: ApplyOptions,
  items: readonly BatchItem<NotifierItem>[],
  transaction: Transaction,
): Promise<readonly OutboxEntry[]> => {
  if (topic === null) return []
  const deleted = items.flatMap(({ id, item }) =>
    item.kind === 'contacts'
      ? item.sources
          .filter((source) => source.kind === 'customer' && current(source.register).state.gone)
          .map((source) => ({ subject: source.id, eventId: id }))
      : [],
  )
  return erasuresOfDeleted(topic, deleted, transaction)
}

const foldContacts = async (
  items: readonly BatchItem<NotifierItem>[],
  { store, session }: Transaction,
  personal: PersonalVault,
): Promise<readonly string[]> => {
  const sources = new Map<string, ContactSource>()
  for (const { item } of items)
    if (item.kind === 'contacts')
      for (const source of item.sources)
        sources.set(source.id, mergeContactSources(sources.get(source.id), source))
  await mergeContacts({ store, personal }, session, [...sources.values()])
  return [...new Set([...sources.values()].flatMap((source) => source.refs))]
}

const takeInNews = async (
  options: ApplyOptions,
  news: readonly News[],
  transaction: Transaction,
  personal: PersonalVault,
) => {
  const { store, session, now } = transaction
  const conversations = await loadConversations(store, session, [
    ...new Set(news.map(({ item }) => conversationIdOf(item.event))),
  ])
  const underWay = await findUnderWay(news, conversations, transaction)
  const queued = new Map<string, NewMessage>()
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
      if (!queued.delete(old)) superseded.add(old)
    }
    if (step.queued !== null) {
      const encryptedKey = step.queued.template === 'license_issued' ? (event.encryptedKey ?? null) : null
      const message = newMessage(event, step.queued, cause, { encryptedKey, createdAt: now })
      queued.set(message._id, message)
    }
  }
  await saveConversations(store, session, conversations)
  for (const id of superseded) await finish(store, session, id, 'superseded', null)
  const messages = await options.address([...queued.values()], conversations, transaction, personal)
  await insertMessages(store, session, messages, options.leaseMs)
  return { messages, superseded: superseded.size }
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
