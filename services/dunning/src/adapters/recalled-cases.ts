import type { Store } from '@keyflow/runtime'
import type { Document } from 'mongodb'
import { noFacts } from '../domain/case-facts.ts'
import { newRecord } from '../domain/case-record.ts'
import { type Recalled, withMemory } from '../domain/step-memory.ts'
import { type CaseRow, customerKeyOf } from './case-store.ts'
import { customersOf, NEVER } from './customer-store.ts'
import { POLICIES } from './policy-store.ts'
import { STEP_RUNS } from './step-runs.ts'
import { TASKS } from './task-store.ts'

const AT_ONCE = 500
const MAILS_KEPT = 20

/**
 * Puts into folded cases what the log says of dunning's own doing, and has every customer looked at: what is due is done then,
 * and what differs from what was said last is said, under the next fence. Nobody may work on the database meanwhile.
 */
export const writeRecalled = async (
  store: Store,
  recalled: ReadonlyMap<string, Recalled>,
  now: Date,
): Promise<void> => {
  const cases = store.db.collection<CaseRow>('cases')
  const all = [...recalled.values()]
  const mailed = new Map<string, readonly number[]>()
  for (let at = 0; at < all.length; at += AT_ONCE) {
    const page = all.slice(at, at + AT_ONCE)
    const rows = await cases.find({ _id: { $in: page.map(({ id }) => id) } }).toArray()
    const known = new Map(rows.map((row) => [row._id, row]))
    await cases.bulkWrite(
      page.map((one) => {
        const scope = { account: one.account, livemode: one.livemode }
        const row = known.get(one.id)
        const record = withMemory(row?.record ?? newRecord(noFacts(scope, one.subscription)), one)
        const customer = customerKeyOf(record)
        mailed.set(customer, [...one.mailedAt, ...(mailed.get(customer) ?? [])])
        return {
          replaceOne: {
            filter: { _id: one.id },
            replacement: { schemaVersion: 2, v: (row?.v ?? 0) + 1, customer, record, updatedAt: now },
            upsert: true,
          },
        }
      }),
      { ordered: false },
    )
    const runs = page.flatMap(({ id, runs }) => Object.values(runs).map((run) => ({ id, run })))
    if (runs.length > 0)
      await store.db.collection<Document & { _id: string }>(STEP_RUNS.name).bulkWrite(
        runs.map(({ id, run }) => ({
          updateOne: {
            filter: { _id: `${id}:${run.key}` },
            update: { $setOnInsert: { case: id, run, owner: 'rebuild', at: now } },
            upsert: true,
          },
        })),
        { ordered: false },
      )
  }
  const customers = [...mailed].filter(([, times]) => times.length > 0)
  if (customers.length > 0)
    await customersOf(store).bulkWrite(
      customers.map(([id, times]) => ({
        updateOne: {
          filter: { _id: id },
          update: { $set: { lastMails: [...new Set(times)].sort((a, b) => b - a).slice(0, MAILS_KEPT) } },
        },
      })),
      { ordered: false },
    )
  await customersOf(store).updateMany(
    { _id: { $in: [...mailed.keys()] } },
    { $set: { nextActionAt: new Date(0), restUntil: new Date(0) } },
  )
  await customersOf(store).updateMany(
    { _id: { $nin: [...mailed.keys()] }, nextActionAt: { $lt: NEVER } },
    { $set: { nextActionAt: new Date(0) } },
  )
}

/** What no log holds, from a database that is still there: policies of the past, steps that nobody was told of, tasks. */
export const copyUnlogged = async (from: Store, to: Store): Promise<number> => {
  let copied = 0
  for (const { name } of [POLICIES, STEP_RUNS, TASKS])
    for await (const document of from.db.collection<Document & { _id: string }>(name).find()) {
      await to.db
        .collection<Document & { _id: string }>(name)
        .replaceOne({ _id: document._id }, document, { upsert: true })
      copied += 1
    }
  return copied
}
