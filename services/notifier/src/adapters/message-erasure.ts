import type { Store } from '@keyflow/runtime'
import type { ClientSession } from 'mongodb'
import { OPEN_STATES } from '../domain/message.ts'
import { messageRows } from './message-rows.ts'

/** Takes from the ledger what is left of erased persons: ciphertext, and hashes by which they could be looked up. */
export const eraseMessages = async (
  store: Store,
  session: ClientSession,
  subjects: readonly string[],
): Promise<void> => {
  const theirs = { $or: [{ person: { $in: [...subjects] } }, { refs: { $in: [...subjects] } }] }
  await messageRows(store).updateMany(theirs, { $set: { addressHash: null, bytes: null } }, { session })
  await messageRows(store).updateMany(
    { ...theirs, frozen: { $type: 'object' } },
    { $set: { 'frozen.sealed': null } },
    { session },
  )
}

/**
 * Rows of an older version held their mail open: of what is settled only the traces stay, what is not is rendered anew.
 * Before anything is consumed.
 */
export const upgradeMessages = async (store: Store): Promise<void> => {
  const isOpen = { $in: ['$state', [...OPEN_STATES]] }
  const isSending = { $eq: ['$state', 'sending'] }
  await messageRows(store).updateMany({ schemaVersion: { $ne: 2 } }, [
    {
      $set: {
        schemaVersion: 2,
        recipient: 'buyer',
        order: null,
        customer: null,
        person: { $ifNull: [{ $first: '$refs' }, '$conversation'] },
        priority: { $cond: [{ $eq: ['$template', 'license_issued'] }, 0, 1] },
        unknowns: { $cond: [{ $eq: ['$state', 'unknown'] }, 1, 0] },
        relay: null,
        bytes: null,
        addressHash: null,
        repeatAt: null,
        state: { $cond: [{ $and: [isOpen, { $not: [isSending] }] }, 'queued', '$state'] },
        frozen: {
          $cond: [
            { $eq: [{ $type: '$frozen' }, 'object'] },
            {
              messageId: '$frozen.messageId',
              date: '$frozen.date',
              said: { version: '$frozen.version', statement: '$frozen.statement' },
              sealed: null,
            },
            null,
          ],
        },
      },
    },
  ])
}
