import type { RecordHeaders } from '@keyflow/contracts'
import type { CollectionSpec, Store } from '@keyflow/runtime'
import type { Collection } from 'mongodb'
import type { LicenseTemplate, OpenMail } from '../domain/conversation.ts'
import {
  type FrozenMail,
  type MailCause,
  type MailOrder,
  MESSAGE_STATES,
  type MessageState,
  OPEN_STATES,
} from '../domain/message.ts'
import type { MailTemplate, Priority } from '../domain/templates.ts'

/** A frozen mail as it lies in the ledger: what is personal is sealed with the person's key. */
export interface StoredMail extends Pick<FrozenMail, 'messageId' | 'date' | 'said'> {
  /** Recipient and view; null once the person is erased. */
  readonly sealed: string | null
}

/** One row of the send ledger. */
export interface MessageRow {
  /** SHA-256 of the cause. */
  _id: string
  schemaVersion: 2
  account: string
  livemode: boolean
  template: MailTemplate
  occurrence: string
  recipient: MailCause['recipient']
  /** License version that caused it; null for mails that no version decides. */
  version: number | null
  licenseId: string | null
  /** Scoped license id of a mail that the conversation decides; null for one that was ordered. */
  conversation: string | null
  order: MailOrder | null
  customer: string | null
  /** Scoped id whose data key seals what is personal. */
  person: string
  /** Scoped ids under which the buyer's contact may be known. */
  refs: readonly string[]
  /** Compact JWE: kept, so that the key can be sent again when it is asked for. */
  encryptedKey: string | null
  state: MessageState
  priority: Priority
  /** W3C trace headers of what caused it. */
  trace: RecordHeaders
  /** Unix milliseconds at which the webhook behind it was accepted. */
  receivedAt: number | null
  createdAt: Date
  /** Server time from which somebody may (next) touch it; of a claimed row: when its lease runs out. */
  dueAt: Date
  attempts: number
  /** Times that content has left and the outcome stayed unknown. */
  unknowns: number
  claim: { owner: string; token: string } | null
  /** Token of the claim under which content was sent: only that attempt can say later what became of it. */
  sentBy: string | null
  /** Relay that content was last handed to. */
  relay: string | null
  frozen: StoredMail | null
  /** What left the house, sealed with the person's key, for as long as a copy may have to be sent again. Absent in older rows. */
  bytes: string | null
  /** Keyed hash of the recipient's address: for limits and suppression. */
  addressHash: string | null
  renderedAt: Date | null
  sendingAt: Date | null
  settledAt: Date | null
  /** When an unknown outcome is given up waiting for, and the mail sent again; null = never. */
  repeatAt: Date | null
  /** Short code of the last failure, and the SMTP reply code if there was one. */
  failure: { code: string; reply: number | null } | null
}

export const MESSAGES: CollectionSpec = {
  name: 'messages',
  indexes: [
    {
      key: { priority: 1, dueAt: 1 },
      name: 'due_by_priority',
      partialFilterExpression: { state: { $in: [...OPEN_STATES] } },
    },
    {
      key: { refs: 1 },
      name: 'waiting_for',
      partialFilterExpression: { state: 'waiting_contact' },
    },
    { key: { repeatAt: 1 }, name: 'repeat', partialFilterExpression: { repeatAt: { $type: 'date' } } },
    {
      key: { addressHash: 1, settledAt: 1 },
      name: 'address',
      partialFilterExpression: { addressHash: { $type: 'string' } },
    },
    { key: { licenseId: 1, createdAt: 1 }, name: 'license' },
    { key: { state: 1, createdAt: 1 }, name: 'state' },
    { key: { settledAt: 1 }, name: 'settled', partialFilterExpression: { settledAt: { $type: 'date' } } },
    { key: { person: 1 }, name: 'person' },
  ],
  schema: {
    bsonType: 'object',
    required: ['_id', 'schemaVersion', 'template', 'state', 'priority', 'person', 'dueAt', 'attempts'],
    properties: { state: { enum: [...MESSAGE_STATES] }, dueAt: { bsonType: 'date' } },
  },
}

export const messageRows = (store: Store): Collection<MessageRow> =>
  store.db.collection<MessageRow>(MESSAGES.name)

/** What the conversation calls it; null for a mail that was ordered. */
export const openMailOf = (
  row: Pick<MessageRow, 'template' | 'occurrence' | 'version' | 'conversation'>,
): OpenMail | null =>
  row.conversation === null || row.version === null
    ? null
    : { template: row.template as LicenseTemplate, occurrence: row.occurrence, version: row.version }
