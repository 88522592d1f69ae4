import type { Store } from '@keyflow/runtime'
import type { ClientSession } from 'mongodb'
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

/** The row, if it is still this claim's to work on, or waits for this claim to say what became of it. */
export const findClaimed = (
  store: Store,
  session: ClientSession,
  id: string,
  token: string,
): Promise<MessageRow | null> =>
  messageRows(store).findOne(
    { _id: id, $or: [{ 'claim.token': token }, { state: 'unknown', sentBy: token }] },
    { session },
  )

/** Fixes what will be sent. Looks for a contact are not attempts to send. */
export const markRendered = async (
  store: Store,
  session: ClientSession,
  row: MessageRow,
  {
    frozen,
    addressHash,
    person,
  }: { readonly frozen: StoredMail; readonly addressHash: string; readonly person: string },
): Promise<void> => {
  const attempts = row.state === 'waiting_contact' ? 0 : row.attempts
  const fixed = { frozen: { $literal: frozen }, addressHash, person, renderedAt: '$$NOW', attempts }
  await messageRows(store).updateOne({ _id: row._id }, [{ $set: { state: 'rendered', ...fixed } }], {
    session,
  })
}

/**
 * The point of no return: committed before the first byte of content can leave. False when the claim was lost; then
 * nothing may be sent. Journaled by a majority before it resolves.
 */
export const markSending = async (
  store: Store,
  id: string,
  { token, relay }: { readonly token: string; readonly relay: string },
  leaseMs: number,
): Promise<boolean> => {
  const { modifiedCount } = await messageRows(store).updateOne(
    { _id: id, state: 'rendered', 'claim.token': token },
    [
      {
        $set: {
          state: 'sending',
          sentBy: token,
          relay,
          sendingAt: '$$NOW',
          dueAt: { $add: ['$$NOW', leaseMs] },
        },
      },
    ],
  )
  return modifiedCount === 1
}

/** Back into the queue, to be touched again after `waitMs`; the claim ends. */
export const putBack = async (
  store: Store,
  session: ClientSession,
  id: string,
  to: {
    readonly state: 'queued' | 'waiting_contact'
    readonly waitMs: number
    readonly attempts: number
    readonly failure: MessageRow['failure']
  },
): Promise<void> => {
  await messageRows(store).updateOne(
    { _id: id },
    [
      {
        $set: {
          state: to.state,
          attempts: to.attempts,
          failure: { $literal: to.failure },
          claim: null,
          dueAt: { $add: ['$$NOW', to.waitMs] },
        },
      },
    ],
    { session },
  )
}

export type FinalState = Exclude<MessageState, 'waiting_contact' | 'queued' | 'rendered' | 'sending'>

/** Its last state, unless a report comes later. After `repeatAfterMs` an unknown mail is sent again; null = never. */
export const finish = async (
  store: Store,
  session: ClientSession,
  id: string,
  state: FinalState,
  failure: MessageRow['failure'],
  repeatAfterMs: number | null = null,
): Promise<void> => {
  await messageRows(store).updateOne(
    { _id: id },
    [
      {
        $set: {
          state,
          settledAt: '$$NOW',
          failure: { $literal: failure },
          repeatAt: repeatAfterMs === null ? null : { $add: ['$$NOW', repeatAfterMs] },
          ...(state === 'unknown' ? { unknowns: { $add: ['$unknowns', 1] } } : {}),
        },
      },
    ],
    { session },
  )
}

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
