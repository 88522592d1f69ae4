import type { CollectionSpec, Store } from '@keyflow/runtime'
import type { ClientSession, Collection } from 'mongodb'
import { type Conversation, NEW_CONVERSATION } from '../domain/conversation.ts'

interface ConversationRow extends Conversation {
  /** Scoped license id. */
  _id: string
  schemaVersion: 1
}

export const CONVERSATIONS: CollectionSpec = {
  name: 'conversations',
  schema: {
    bsonType: 'object',
    required: ['_id', 'schemaVersion', 'newest', 'told', 'open', 'isIssued'],
    properties: { isIssued: { bsonType: 'bool' } },
  },
}

const rowsOf = (store: Store): Collection<ConversationRow> =>
  store.db.collection<ConversationRow>(CONVERSATIONS.name)

/** The conversations about the licenses with these scoped ids; those never heard of begin. */
export const loadConversations = async (
  store: Store,
  session: ClientSession,
  ids: readonly string[],
): Promise<Map<string, Conversation>> => {
  const found = await rowsOf(store)
    .find({ _id: { $in: [...ids] } }, { session })
    .toArray()
  const known = new Map(
    found.map(({ _id, newest, told, open, isIssued }) => [_id, { newest, told, open, isIssued }]),
  )
  return new Map(ids.map((id) => [id, known.get(id) ?? NEW_CONVERSATION]))
}

export const saveConversations = async (
  store: Store,
  session: ClientSession,
  conversations: ReadonlyMap<string, Conversation>,
): Promise<void> => {
  if (conversations.size === 0) return
  await rowsOf(store).bulkWrite(
    [...conversations].map(([id, conversation]) => ({
      replaceOne: {
        filter: { _id: id },
        replacement: { schemaVersion: 1 as const, ...conversation },
        upsert: true,
      },
    })),
    { session },
  )
}

/** One conversation, outside of any transaction. */
export const loadConversation = async (store: Store, id: string): Promise<Conversation> => {
  const row = await rowsOf(store).findOne({ _id: id })
  if (row === null) return NEW_CONVERSATION
  const { newest, told, open, isIssued } = row
  return { newest, told, open, isIssued }
}
