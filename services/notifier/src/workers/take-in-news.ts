import type { BatchItem, Transaction } from '@keyflow/runtime'
import { loadConversations, saveConversations } from '../adapters/conversation-store.ts'
import { findMessages, finishedRow, type NewMessage, writeMessages } from '../adapters/message-store.ts'
import { type Conversation, hear, settle } from '../domain/conversation.ts'
import { statementOf } from '../domain/statement.ts'
import type { NotifierItem } from './decode-record.ts'
import { conversationIdOf, messageOf, newMessage } from './new-message.ts'

type LicenseItem = Extract<NotifierItem, { kind: 'license' }>
interface News {
  readonly item: LicenseItem
  readonly trace: BatchItem<NotifierItem>['trace']
}

export interface TakenIn {
  readonly messages: readonly NewMessage[]
  readonly conversations: ReadonlyMap<string, Conversation>
  /** Waiting mails that gave way. */
  readonly superseded: number
}

/** Leads the conversations about licenses on, by the license events of a batch. */
export const takeInNews = async (
  items: readonly BatchItem<NotifierItem>[],
  isTooOld: (receivedAt: number | null) => boolean,
  transaction: Transaction,
): Promise<TakenIn> => {
  const { store, session, now } = transaction
  const news = items.flatMap(({ item, trace }) => (item.kind === 'license' ? [{ item, trace }] : []))
  if (news.length === 0) return { messages: [], conversations: new Map(), superseded: 0 }
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
    if (step.queued === null) continue
    const encryptedKey = step.queued.template === 'license_issued' ? (event.encryptedKey ?? null) : null
    const message = newMessage(event, step.queued, cause, { encryptedKey, createdAt: now })
    if (isTooOld(receivedAt)) {
      conversations.set(id, asIfTold(step.conversation))
      queued.set(message._id, { ...message, state: 'expired', failure: { code: 'too_old', reply: null } })
    } else queued.set(message._id, message)
  }
  await saveConversations(store, session, conversations)
  await writeMessages(
    store,
    session,
    [...superseded].map((id) => finishedRow(id, 'superseded', null)),
  )
  return { messages: [...queued.values()], conversations, superseded: superseded.size }
}

/** History that is read again was told when it happened. */
const asIfTold = (conversation: Conversation): Conversation =>
  conversation.newest === null
    ? conversation
    : settle(
        conversation,
        { version: conversation.newest.version, statement: statementOf(conversation.newest.summary) },
        'accepted',
      ).conversation

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
