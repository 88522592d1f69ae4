import { mergeRegisters, type Register, type Scope } from '@keyflow/contracts'
import type { CollectionSpec, Store, Transaction } from '@keyflow/runtime'
import type { AnyBulkWriteOperation, Collection } from 'mongodb'
import { type CustomerFacts, type CustomerProfile, profileLifecycle } from '../domain/customer-profile.ts'

/** One customer: their conversation with us, and the timer of all of their cases. */
export interface CustomerRow {
  /** Scoped id of the customer, or of a subscription of which no customer is known. */
  _id: string
  account: string
  livemode: boolean
  /** Scoped id of the test clock; null = everybody's clock. */
  clock: string | null
  profile: Register<CustomerProfile> | null
  /** When they were written to; newest first, unix milliseconds by their clock. */
  lastMails: readonly number[]
  /** By their clock; `NEVER` when nothing is to come. */
  nextActionAt: Date
  /** Nobody takes them in hand before this, by the server's clock: what happens at once shall become one mail. */
  restUntil: Date
  lease: { owner: string; token: string; until: Date }
}

export const NEVER = new Date(Date.UTC(9999, 11, 31))
export const UNLEASED = { owner: '', token: '', until: new Date(0) }

export const CUSTOMERS: CollectionSpec = {
  name: 'customers',
  indexes: [{ key: { clock: 1, nextActionAt: 1 }, name: 'due' }],
}

export const customersOf = (store: Store): Collection<CustomerRow> =>
  store.db.collection<CustomerRow>(CUSTOMERS.name)

export const loadCustomers = async (
  { store, session }: Transaction,
  ids: readonly string[],
): Promise<Map<string, CustomerRow>> => {
  const rows = await customersOf(store)
    .find({ _id: { $in: [...ids] } }, { session })
    .toArray()
  return new Map(rows.map((row) => [row._id, row]))
}

/** What the consumer has learned of a customer. */
export interface CustomerNews {
  readonly id: string
  readonly scope: Scope
  readonly clock: string | null
  readonly profile: Register<CustomerProfile> | null
  /** Look at their cases at this time at the latest; unix milliseconds by their clock. */
  readonly lookAt: number | null
  /** A case has opened: wait for what else opens at the same moment. */
  readonly rest: boolean
}

/** Adds news to rows, and makes rows where there are none. */
export const noteCustomers = async (
  { store, session, now }: Transaction,
  news: readonly CustomerNews[],
  basketMs: number,
): Promise<void> => {
  if (news.length === 0) return
  await customersOf(store).bulkWrite(
    news.map((one) => toNote(one, now, basketMs)),
    { session, ordered: false },
  )
}

const toNote = (news: CustomerNews, now: Date, basketMs: number): AnyBulkWriteOperation<CustomerRow> => {
  const { id, scope, clock, profile, lookAt, rest } = news
  const set = { ...(clock === null ? {} : { clock }), ...(profile === null ? {} : { profile }) }
  return {
    updateOne: {
      filter: { _id: id },
      update: {
        ...(Object.keys(set).length === 0 ? {} : { $set: set }),
        $min: { nextActionAt: lookAt === null ? NEVER : new Date(lookAt) },
        $max: { restUntil: rest ? new Date(now.getTime() + basketMs) : new Date(0) },
        $setOnInsert: {
          account: scope.account,
          livemode: scope.livemode,
          lastMails: [],
          lease: UNLEASED,
          ...(clock === null ? { clock: null } : {}),
          ...(profile === null ? { profile: null } : {}),
        },
      },
      upsert: true,
    },
  }
}

export const mergeProfiles = (
  a: Register<CustomerProfile> | null,
  facts: readonly CustomerFacts[],
): Register<CustomerProfile> | null =>
  facts.reduce<Register<CustomerProfile> | null>(
    (merged, { register }) => mergeRegisters(merged ?? undefined, register, profileLifecycle),
    a,
  )
