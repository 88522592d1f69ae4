import type { Store } from '@keyflow/runtime'
import type { AnyBulkWriteOperation, ClientSession } from 'mongodb'
import { type MessageState, OPEN_STATES } from '../domain/message.ts'
import { PRIORITIES, type Priority } from '../domain/templates.ts'
import { type MessageRow, messageRows, type StoredMail } from './message-rows.ts'

/** Due at once, before everything that has been tried already. */
const AT_ONCE = new Date(0)

type Decided =
  | 'account'
  | 'livemode'
  | 'template'
  | 'occurrence'
  | 'recipient'
  | 'version'
  | 'licenseId'
  | 'conversation'
  | 'order'
  | 'customer'
  | 'person'
  | 'refs'
  | 'encryptedKey'
  | 'priority'
  | 'trace'
  | 'receivedAt'
  | 'createdAt'

/** What the domain decides about a new row. */
export interface NewMessage extends Pick<MessageRow, '_id' | Decided> {
  /** `rendered` when it is claimed by whoever inserts it, in the same transaction. */
  readonly state: 'queued' | 'waiting_contact' | 'rendered' | 'superseded' | 'expired' | 'suppressed'
  readonly frozen: StoredMail | null
  readonly addressHash: string | null
  readonly claim: MessageRow['claim']
  readonly failure: MessageRow['failure']
}

const isOpen = (state: MessageState): boolean => OPEN_STATES.includes(state)

/** Inserts each row unless its cause has one already, which then stays as it is. */
export const insertMessages = async (
  store: Store,
  session: ClientSession,
  messages: readonly NewMessage[],
  leaseMs: number,
): Promise<void> => {
  if (messages.length === 0) return
  await messageRows(store).bulkWrite(
    messages.map((message) => {
      const row: Omit<MessageRow, 'dueAt' | 'renderedAt' | 'settledAt'> = {
        ...message,
        schemaVersion: 2,
        attempts: 0,
        unknowns: 0,
        sentBy: null,
        relay: null,
        bytes: null,
        sendingAt: null,
        repeatAt: null,
      }
      const times = {
        dueAt: message.claim === null ? AT_ONCE : { $add: ['$$NOW', leaseMs] },
        renderedAt: message.frozen === null ? null : '$$NOW',
        settledAt: isOpen(message.state) ? null : '$$NOW',
      }
      const inserted = { $mergeObjects: [{ $literal: row }, times] }
      const isNew = { $eq: [{ $type: '$state' }, 'missing'] }
      return {
        updateOne: {
          filter: { _id: message._id },
          update: [{ $replaceWith: { $cond: [isNew, inserted, '$$ROOT'] } }],
          upsert: true,
        },
      }
    }),
    { session },
  )
}

export const findMessages = (
  store: Store,
  session: ClientSession,
  ids: readonly string[],
): Promise<readonly MessageRow[]> =>
  ids.length === 0
    ? Promise.resolve([])
    : messageRows(store)
        .find({ _id: { $in: [...ids] } }, { session })
        .toArray()

/**
 * Takes up to `limit` rows that have been due longest among those that go first, for `leaseMs` of server time; `only` leaves
 * the others to lanes that are free for them. Empty when nothing is due.
 */
export const claimDueMessages = async (
  store: Store,
  claim: { readonly owner: string; readonly token: string },
  leaseMs: number,
  { only = PRIORITIES, limit }: { readonly only?: readonly Priority[]; readonly limit: number },
): Promise<readonly MessageRow[]> => {
  const rows = messageRows(store)
  for (const priority of only) {
    const due = { priority, state: { $in: [...OPEN_STATES] }, $expr: { $lte: ['$dueAt', '$$NOW'] } }
    const found = await rows
      .find(due, { projection: { _id: 1 } })
      .sort({ dueAt: 1 })
      .limit(limit)
      .toArray()
    if (found.length === 0) continue
    const ids = { $in: found.map(({ _id }) => _id) }
    // Looked at again where it is written: another replica may have been there first.
    await rows.updateMany({ ...due, _id: ids }, [
      { $set: { claim: { $literal: claim }, dueAt: { $add: ['$$NOW', leaseMs] } } },
    ])
    const claimed = await rows.find({ _id: ids, 'claim.token': claim.token }).toArray()
    if (claimed.length > 0) return claimed
  }
  return []
}

/** A row and the token under which it was taken in hand. */
export interface MessageClaim {
  readonly id: string
  readonly token: string
}

/** Those rows that are still their claim's to work on, or wait for it to say what became of them. By id. */
export const findClaimed = async (
  store: Store,
  session: ClientSession,
  claims: readonly MessageClaim[],
): Promise<ReadonlyMap<string, MessageRow>> => {
  const tokens = new Map(claims.map(({ id, token }) => [id, token]))
  const rows = await messageRows(store)
    .find({ _id: { $in: [...tokens.keys()] } }, { session })
    .toArray()
  const isHeld = ({ _id, claim, state, sentBy }: MessageRow): boolean =>
    claim?.token === tokens.get(_id) || (state === 'unknown' && sentBy === tokens.get(_id))
  return new Map(rows.filter(isHeld).map((row) => [row._id, row]))
}

/** A change of one row, to be written together with others. */
export type MessageWrite = AnyBulkWriteOperation<MessageRow>

export const writeMessages = async (
  store: Store,
  session: ClientSession,
  writes: readonly MessageWrite[],
): Promise<void> => {
  if (writes.length > 0) await messageRows(store).bulkWrite([...writes], { session })
}

const setOf = (id: string, fields: object): MessageWrite => ({
  updateOne: { filter: { _id: id }, update: [{ $set: fields }] },
})

/** Fixes what will be sent, and begins the lease anew. Looks for a contact are not attempts to send. */
export const renderedRow = (
  row: MessageRow,
  fixed: { readonly frozen: StoredMail; readonly addressHash: string; readonly person: string },
  leaseMs: number,
): MessageWrite =>
  setOf(row._id, {
    state: 'rendered',
    frozen: { $literal: fixed.frozen },
    addressHash: fixed.addressHash,
    person: fixed.person,
    renderedAt: '$$NOW',
    dueAt: { $add: ['$$NOW', leaseMs] },
    attempts: row.state === 'waiting_contact' ? 0 : row.attempts,
  })

/** A row about to be sent, and its bytes, sealed. */
export interface Sending extends MessageClaim {
  readonly relay: string
  readonly bytes: string
}

/**
 * The point of no return: committed before the first byte of content can leave, together with the bytes themselves, so that a
 * second copy (should there ever be one) is the first. False for a claim that was lost; then nothing may be sent. Journaled by a
 * majority before it resolves.
 */
export const markSending = async (
  store: Store,
  sendings: readonly Sending[],
  leaseMs: number,
): Promise<readonly boolean[]> => {
  const rows = messageRows(store)
  const { modifiedCount } = await rows.bulkWrite(
    sendings.map(({ id, token, relay, bytes }) => ({
      updateOne: {
        filter: { _id: id, state: 'rendered', 'claim.token': token },
        update: [
          {
            $set: {
              state: 'sending',
              sentBy: token,
              relay,
              bytes: { $literal: bytes },
              sendingAt: '$$NOW',
              dueAt: { $add: ['$$NOW', leaseMs] },
            },
          },
        ],
      },
    })),
    { ordered: false },
  )
  if (modifiedCount === sendings.length) return sendings.map(() => true)
  const ids = sendings.map(({ id }) => id)
  const ours = await rows
    .find({ _id: { $in: ids }, state: 'sending' }, { projection: { sentBy: 1 } })
    .toArray()
  const sentBy = new Map(ours.map((row) => [row._id, row.sentBy]))
  return sendings.map(({ id, token }) => sentBy.get(id) === token)
}

/** Back into the queue, to be touched again after `waitMs`; the claim ends. Surely no copy was taken: the bytes may change. */
export const putBackRow = (
  id: string,
  to: {
    readonly state: 'queued' | 'waiting_contact'
    readonly waitMs: number
    readonly attempts: number
    readonly failure: MessageRow['failure']
    /** Bytes of an earlier attempt of which nobody knows what became stay. */
    readonly bytes: string | null
  },
): MessageWrite =>
  setOf(id, {
    state: to.state,
    attempts: to.attempts,
    failure: { $literal: to.failure },
    bytes: { $literal: to.bytes },
    claim: null,
    dueAt: { $add: ['$$NOW', to.waitMs] },
  })

export type FinalState = Exclude<MessageState, 'waiting_contact' | 'queued' | 'rendered' | 'sending'>

/**
 * Its last state, unless a report comes later. After `repeatAfterMs` an unknown mail is sent again, with the same bytes; null =
 * never.
 */
export const finishedRow = (
  id: string,
  state: FinalState,
  failure: MessageRow['failure'],
  repeatAfterMs: number | null = null,
): MessageWrite =>
  setOf(id, {
    state,
    settledAt: '$$NOW',
    failure: { $literal: failure },
    repeatAt: repeatAfterMs === null ? null : { $add: ['$$NOW', repeatAfterMs] },
    ...(state === 'unknown' ? { unknowns: { $add: ['$unknowns', 1] } } : { bytes: null }),
  })

/** Mail whose outcome stayed unknown for long enough goes into the queue again; returns how many. */
export const reopenUnknown = async (store: Store): Promise<number> => {
  const { modifiedCount } = await messageRows(store).updateMany(
    { state: 'unknown', repeatAt: { $type: 'date' }, $expr: { $lte: ['$repeatAt', '$$NOW'] } },
    { $set: { state: 'queued', claim: null, repeatAt: null, dueAt: AT_ONCE } },
  )
  return modifiedCount
}

/** Makes mail that waits for one of these scoped ids due at once. */
export const wakeWaiting = async (store: Store, refs: readonly string[]): Promise<number> => {
  if (refs.length === 0) return 0
  const { modifiedCount } = await messageRows(store).updateMany(
    { state: 'waiting_contact', refs: { $in: [...refs] } },
    { $set: { dueAt: AT_ONCE } },
  )
  return modifiedCount
}
