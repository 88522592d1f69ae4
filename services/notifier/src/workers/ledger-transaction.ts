import {
  insertOutbox,
  inTransaction,
  type OutboxEntry,
  publishEntries,
  type RecordPublisher,
  type Store,
  type Transaction,
} from '@keyflow/runtime'
import { loadConversations, saveConversations } from '../adapters/conversation-store.ts'
import type { MessageRow } from '../adapters/message-rows.ts'
import {
  findClaimed,
  insertMessages,
  type MessageClaim,
  type MessageWrite,
  type NewMessage,
  writeMessages,
} from '../adapters/message-store.ts'
import { type Conversation, NEW_CONVERSATION } from '../domain/conversation.ts'

export interface LedgerDeps {
  readonly store: Store
  readonly publisher: RecordPublisher
  readonly leaseMs: number
  readonly clock: () => Date
}

/** One transaction of the ledger over several mails. What it changes is written at its end, in one round trip for each kind. */
export interface LedgerTransaction {
  readonly session: Transaction['session']
  /** The row, if it is still that claim's. */
  readonly rowOf: (claim: MessageClaim) => MessageRow | null
  /** As this transaction has it by now. */
  readonly conversationOf: (id: string) => Conversation
  readonly keep: (id: string, conversation: Conversation) => void
  readonly write: (write: MessageWrite) => void
  readonly insert: (message: NewMessage) => void
  readonly tell: (entries: readonly OutboxEntry[]) => void
}

export interface Committed<R> {
  readonly result: R
  /** New mail was put into the ledger. */
  readonly hasQueued: boolean
}

/** Runs `body` over the claimed rows in one transaction. What it tells is published once that is committed; a sweeper has the rest. */
export const createLedgerTransaction =
  ({ store, publisher, leaseMs, clock }: LedgerDeps) =>
  async <R>(
    claims: readonly MessageClaim[],
    body: (ledger: LedgerTransaction) => Promise<R>,
  ): Promise<Committed<R>> => {
    let outbox: OutboxEntry[] = []
    let inserts: NewMessage[] = []
    const result = await inTransaction(store, async (session) => {
      outbox = []
      inserts = []
      const writes: MessageWrite[] = []
      const changed = new Map<string, Conversation>()
      const rows = await findClaimed(store, session, claims)
      const ids = [...new Set([...rows.values()].flatMap(({ conversation }) => conversation ?? []))]
      const known = ids.length === 0 ? new Map() : await loadConversations(store, session, ids)
      const done = await body({
        session,
        rowOf: ({ id }) => rows.get(id) ?? null,
        conversationOf: (id) => changed.get(id) ?? known.get(id) ?? NEW_CONVERSATION,
        keep: (id, conversation) => void changed.set(id, conversation),
        write: (write) => void writes.push(write),
        insert: (message) => void inserts.push(message),
        tell: (entries) => void outbox.push(...entries),
      })
      await writeMessages(store, session, writes)
      await saveConversations(store, session, changed)
      await insertMessages(store, session, inserts, leaseMs)
      await insertOutbox(store, session, outbox, clock())
      return done
    })
    void publishEntries(store, publisher, outbox).catch(() => {})
    return { result, hasQueued: inserts.length > 0 }
  }
export type RunLedgerTransaction = ReturnType<typeof createLedgerTransaction>
