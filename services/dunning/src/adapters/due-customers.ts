import type { Store, Transaction } from '@keyflow/runtime'
import { type CustomerRow, customersOf, NEVER, UNLEASED } from './customer-store.ts'

/**
 * Claims what is due on one clock, the longest overdue first. Leases run on the server's clock, so clocks of replicas may
 * differ; `now` is the time of the customers.
 */
export const claimDue = async (
  store: Store,
  claim: {
    readonly clock: string | null
    readonly now: Date
    readonly owner: string
    readonly token: string
    readonly limit: number
    readonly leaseMs: number
  },
): Promise<readonly CustomerRow[]> => {
  const rows = customersOf(store)
  const due = {
    clock: claim.clock,
    nextActionAt: { $lte: claim.now },
    $expr: { $and: [{ $lt: ['$lease.until', '$$NOW'] }, { $lt: ['$restUntil', '$$NOW'] }] },
  }
  const found = await rows
    .find(due, { projection: { _id: 1 } })
    .sort({ nextActionAt: 1 })
    .limit(claim.limit)
    .toArray()
  if (found.length === 0) return []
  const ids = found.map(({ _id }) => _id)
  await rows.updateMany({ _id: { $in: ids }, ...due }, [
    {
      $set: {
        lease: { owner: claim.owner, token: claim.token, until: { $add: ['$$NOW', claim.leaseMs] } },
      },
    },
  ])
  return rows.find({ _id: { $in: ids }, 'lease.token': claim.token }).toArray()
}

/** Begins the lease anew for those that are still held under the token: whoever works slowly is not dead. */
export const renewLeases = async (
  store: Store,
  ids: readonly string[],
  { token, leaseMs }: { readonly token: string; readonly leaseMs: number },
): Promise<void> => {
  await customersOf(store).updateMany({ _id: { $in: [...ids] }, 'lease.token': token }, [
    { $set: { 'lease.until': { $add: ['$$NOW', leaseMs] } } },
  ])
}

/** Those of the claimed rows that are still held under the token. */
export const loadHeld = (
  { store, session }: Transaction,
  ids: readonly string[],
  token: string,
): Promise<CustomerRow[]> =>
  customersOf(store)
    .find({ _id: { $in: [...ids] }, 'lease.token': token }, { session })
    .toArray()

export interface Release {
  readonly id: string
  readonly lastMails: readonly number[]
  /** Unix milliseconds by their clock. */
  readonly nextActionAt: number | null
  /** Stripe could not be asked: not before this, by the server's clock. */
  readonly restMs: number
}

/** Writes what came of it and gives the lease back. */
export const releaseCustomers = async (
  { store, session, now }: Transaction,
  token: string,
  releases: readonly Release[],
): Promise<void> => {
  if (releases.length === 0) return
  await customersOf(store).bulkWrite(
    releases.map(({ id, lastMails, nextActionAt, restMs }) => ({
      updateOne: {
        filter: { _id: id, 'lease.token': token },
        update: {
          $set: {
            lastMails,
            nextActionAt: nextActionAt === null ? NEVER : new Date(nextActionAt),
            lease: UNLEASED,
            ...(restMs === 0 ? {} : { restUntil: new Date(now.getTime() + restMs) }),
          },
        },
      },
    })),
    { session, ordered: false },
  )
}

/** Due for the longest time on everybody's clock; null = nothing is due. */
export const oldestDue = async (store: Store, now: Date): Promise<Date | null> => {
  const row = await customersOf(store)
    .find({ clock: null, nextActionAt: { $lte: now } }, { projection: { nextActionAt: 1 } })
    .sort({ nextActionAt: 1 })
    .limit(1)
    .next()
  return row?.nextActionAt ?? null
}
