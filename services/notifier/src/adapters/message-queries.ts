import type { Store } from '@keyflow/runtime'
import type { ClientSession } from 'mongodb'
import type { OpsCount } from '../domain/mail-view.ts'
import { type MessageState, OPEN_STATES } from '../domain/message.ts'
import type { MailTemplate } from '../domain/templates.ts'
import { type MessageRow, messageRows } from './message-rows.ts'

/** Counts of what is open or unknown, and the age of the oldest mail that could be sent. */
export const readLedger = async (store: Store) => {
  const [groups, [oldest]] = await Promise.all([
    messageRows(store)
      .aggregate<{ _id: { template: MailTemplate; state: MessageState }; count: number }>([
        { $match: { state: { $in: [...OPEN_STATES, 'unknown'] } } },
        { $group: { _id: { template: '$template', state: '$state' }, count: { $sum: 1 } } },
      ])
      .toArray(),
    messageRows(store)
      .aggregate<{ ageMs: number }>([
        { $match: { state: { $in: ['queued', 'rendered', 'sending'] } } },
        { $sort: { createdAt: 1 } },
        { $limit: 1 },
        { $project: { ageMs: { $subtract: ['$$NOW', '$createdAt'] } } },
      ])
      .toArray(),
  ])
  return {
    counts: groups.map(({ _id, count }) => ({ ..._id, count })),
    queueAgeSeconds: Math.max(0, (oldest?.ageMs ?? 0) / 1000),
  }
}

/** Newest first. */
export const listMessages = (
  store: Store,
  by: { readonly licenseId?: string; readonly state?: MessageState },
  limit: number,
): Promise<MessageRow[]> =>
  messageRows(store)
    .find({
      ...(by.licenseId === undefined ? {} : { licenseId: by.licenseId }),
      ...(by.state === undefined ? {} : { state: by.state }),
    })
    .sort({ createdAt: -1, _id: 1 })
    .limit(limit)
    .toArray()

export const findMessage = (store: Store, id: string): Promise<MessageRow | null> =>
  messageRows(store).findOne({ _id: id })

/** Mails that went (or may have gone) to each of these addresses within a day. */
export const countRecent = async (
  store: Store,
  addressHashes: readonly string[],
): Promise<ReadonlyMap<string, number>> => {
  if (addressHashes.length === 0) return new Map()
  const groups = await messageRows(store)
    .aggregate<{ _id: string; count: number }>([
      {
        $match: {
          addressHash: { $in: [...addressHashes] },
          state: { $in: ['accepted', 'delivered', 'unknown'] },
          $expr: { $gt: ['$settledAt', { $subtract: ['$$NOW', 86_400_000] }] },
        },
      },
      { $group: { _id: '$addressHash', count: { $sum: 1 } } },
    ])
    .toArray()
  return new Map(groups.map(({ _id, count }) => [_id, count]))
}

/** The row whose id begins so: addresses and headers carry only the first digits. */
export const findByShortId = (
  store: Store,
  shortId: string,
  session?: ClientSession,
): Promise<MessageRow | null> =>
  messageRows(store).findOne(
    { _id: { $gte: shortId, $lt: `${shortId}g` } },
    session === undefined ? {} : { session },
  )

/** The newest mail of a license that carries its key. */
export const findKeyMail = (store: Store, licenseId: string): Promise<MessageRow | null> =>
  messageRows(store).findOne({ licenseId, encryptedKey: { $type: 'string' } }, { sort: { createdAt: -1 } })

/** What became of the mails that were settled in between, and what waits now; operators' own mails are not counted. */
export const countOutcomes = async (
  store: Store,
  from: Date,
  to: Date,
): Promise<Readonly<Record<OpsCount, number>>> => {
  const groups = await messageRows(store)
    .aggregate<{ _id: MessageState; count: number }>([
      { $match: { settledAt: { $gte: from, $lt: to }, recipient: { $ne: 'operator' } } },
      { $group: { _id: '$state', count: { $sum: 1 } } },
    ])
    .toArray()
  const of = (...states: readonly MessageState[]): number =>
    groups.filter(({ _id }) => states.includes(_id)).reduce((sum, { count }) => sum + count, 0)
  return {
    accepted: of('accepted', 'delivered'),
    bounced: of('bounced'),
    complained: of('complained'),
    failed: of('failed'),
    unknown: of('unknown'),
    suppressed: of('suppressed'),
    waiting: await messageRows(store).countDocuments({ state: { $in: [...OPEN_STATES] } }),
  }
}
