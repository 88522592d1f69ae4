import type { RecordHeaders } from '@keyflow/contracts'
import type { CollectionSpec, Store } from '@keyflow/runtime'
import type { Collection } from 'mongodb'
import type { MailTemplate, OpenMail } from '../domain/conversation.ts'
import { type FrozenMail, MESSAGE_STATES, type MessageState, OPEN_STATES } from '../domain/message.ts'

/** One row of the send ledger. */
export interface MessageRow {
  /** SHA-256 of the cause. */
  _id: string
  schemaVersion: 1
  account: string
  livemode: boolean
  template: MailTemplate
  occurrence: string
  /** License version that caused it. */
  version: number
  licenseId: string
  /** Scoped license id. */
  conversation: string
  /** Scoped ids under which the buyer's contact may be known. */
  refs: readonly string[]
  /** Compact JWE; gone once the mail is accepted. */
  encryptedKey: string | null
  state: MessageState
  /** W3C trace headers of what caused it. */
  trace: RecordHeaders
  /** Unix milliseconds at which the webhook behind it was accepted. */
  receivedAt: number | null
  createdAt: Date
  /** Server time from which somebody may (next) touch it; of a claimed row: when its lease runs out. */
  dueAt: Date
  attempts: number
  claim: { owner: string; token: string } | null
  /** Token of the claim under which content was sent: only that attempt can say later what became of it. */
  sentBy: string | null
  frozen: FrozenMail | null
  renderedAt: Date | null
  sendingAt: Date | null
  settledAt: Date | null
  /** Short code of the last failure, and the SMTP reply code if there was one. */
  failure: { code: string; reply: number | null } | null
}

export const MESSAGES: CollectionSpec = {
  name: 'messages',
  indexes: [
    {
      key: { dueAt: 1 },
      name: 'due',
      partialFilterExpression: { state: { $in: [...OPEN_STATES] } },
    },
    {
      key: { refs: 1 },
      name: 'waiting_for',
      partialFilterExpression: { state: 'waiting_contact' },
    },
    { key: { licenseId: 1, createdAt: 1 }, name: 'license' },
    { key: { state: 1, createdAt: 1 }, name: 'state' },
  ],
  schema: {
    bsonType: 'object',
    required: ['_id', 'schemaVersion', 'template', 'state', 'conversation', 'dueAt', 'attempts'],
    properties: { state: { enum: [...MESSAGE_STATES] }, dueAt: { bsonType: 'date' } },
  },
}

export const messageRows = (store: Store): Collection<MessageRow> =>
  store.db.collection<MessageRow>(MESSAGES.name)

export const openMailOf = (row: Pick<MessageRow, 'template' | 'occurrence' | 'version'>): OpenMail => ({
  template: row.template,
  occurrence: row.occurrence,
  version: row.version,
})
