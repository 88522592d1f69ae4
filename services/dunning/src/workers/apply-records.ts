import { canonical } from '@keyflow/contracts'
import type { Applied, BatchItem, OutboxEntry, Transaction } from '@keyflow/runtime'
import { customerKeyOf, loadCases, loadCasesOfCustomers, saveCases } from '../adapters/case-store.ts'
import { advanceClocks, readClocks } from '../adapters/clock-store.ts'
import {
  type CustomerNews,
  type CustomerRow,
  loadCustomers,
  mergeProfiles,
  noteCustomers,
} from '../adapters/customer-store.ts'
import { closeTasks, raiseTasks } from '../adapters/task-store.ts'
import type { CaseRecord, Surroundings } from '../domain/case-record.ts'
import { clockIdOf, timeOf } from '../domain/case-time.ts'
import { type CustomerFacts, currentProfile } from '../domain/customer-profile.ts'
import { recoveryNotice } from '../domain/recovery-notice.ts'
import { type Rules, type Settled, settleCase } from '../domain/settle-case.ts'
import { type Said, saidOf } from '../domain/take-steps.ts'
import type { DunningMetrics } from '../dunning-metrics.ts'
import type { DunningItem } from './decode-record.ts'
import { dunningEntry } from './dunning-entry.ts'
import { foldItem, type Inbox, sortItems, type TouchedCase } from './sort-items.ts'

export interface ApplyOptions {
  readonly dunningTopic: string
  readonly rules: () => Rules
  /** What opens within this becomes one mail. Milliseconds. */
  readonly basketMs: number
  readonly metrics: Pick<DunningMetrics, 'said' | 'acknowledged'>
  /** There may be something due. */
  readonly wake: () => void
}

/** Folds records into cases and says what changed. Recovery is said here, at once: it waits behind no timer. */
export const createApplyRecords =
  (options: ApplyOptions) =>
  async (items: readonly BatchItem<DunningItem>[], transaction: Transaction): Promise<Applied> => {
    const inbox = sortItems(items)
    const touched = await loadTouched(inbox, transaction)
    for (const item of items) foldItem(touched, item)
    const changed = [...touched.values()].filter(({ causes }) => causes.length > 0)
    const rules = options.rules()
    const rows = await loadCustomers(transaction, [
      ...new Set([...changed.map(({ record }) => customerKeyOf(record)), ...inbox.customers.keys()]),
    ])
    const heard = clocksIn(changed, inbox.clocks)
    await advanceClocks(transaction, heard)
    const clocks = await readClocks(transaction, [...heard.keys()])
    const wallNow = transaction.now.getTime()
    const done = changed.map((one) => settleOne(one, rows, rules, { wallNow, clocks }))
    await saveCases(
      transaction,
      done.map(({ record, touched: { version } }) => ({ record, version })),
    )
    await noteCustomers(transaction, newsOf(done, rows, inbox.customers, wallNow), options.basketMs)
    await closeTasks(transaction, done.flatMap(closedBy))
    // What is blocked waits for no timer: a person is called at once.
    await raiseTasks(transaction, done.flatMap(asksFor))
    const outbox: OutboxEntry[] = done.flatMap(({ said, touched: { causes, headers }, now }) =>
      said.map((one) => dunningEntry(one, { topic: options.dunningTopic, rules, causes, headers, now })),
    )
    const quiet = new Set(items.map(({ id }) => id))
    for (const { causes } of changed) for (const cause of causes) quiet.delete(cause)
    return {
      outbox,
      noops: [...quiet].filter((id) => !inbox.otherCauses.has(id)),
      afterCommit: () => {
        for (const { said, before, settled } of done) options.metrics.said(said, before, settled)
        for (const { latencyMs } of touched.values())
          if (latencyMs !== null) options.metrics.acknowledged(latencyMs)
        options.wake()
      },
    }
  }

/** Cases that the items are about. A mail may speak for several of one customer's. */
const loadTouched = async (inbox: Inbox, tx: Transaction): Promise<Map<string, TouchedCase>> => {
  const touched = new Map<string, TouchedCase>()
  const put = (record: CaseRecord, version: number): void => {
    touched.set(record.facts.id, {
      record,
      version,
      before: record.announced,
      causes: [],
      headers: {},
      latencyMs: null,
    })
  }
  for (const [, { record, version }] of await loadCases(tx, inbox.caseIds)) put(record, version)
  const customers = inbox.mailCases.flatMap((id) => {
    const found = touched.get(id)
    return found === undefined ? [] : [customerKeyOf(found.record)]
  })
  if (customers.length > 0)
    for (const { record, version } of await loadCasesOfCustomers(tx.store, tx.session, [
      ...new Set(customers),
    ]))
      if (!touched.has(record.facts.id)) put(record, version)
  return touched
}

const clocksIn = (
  changed: readonly TouchedCase[],
  told: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> => {
  const heard = new Map(told)
  for (const { record } of changed) {
    const id = clockIdOf(record.facts)
    if (id !== null) heard.set(id, Math.max(heard.get(id) ?? 0, record.facts.heardAt * 1000))
  }
  return heard
}

interface Done {
  readonly touched: TouchedCase
  readonly before: CaseRecord['announced']
  readonly settled: Settled
  /** With the numbers that what was said took. */
  readonly record: CaseRecord
  readonly said: readonly Said[]
  readonly now: number
}

const settleOne = (
  touched: TouchedCase,
  rows: ReadonlyMap<string, CustomerRow>,
  rules: Rules,
  { wallNow, clocks }: { readonly wallNow: number; readonly clocks: ReadonlyMap<string, number> },
): Done => {
  const { record, before } = touched
  const now = timeOf(record.facts, wallNow, clocks)
  const settled = settleCase(record, aroundOf(rows.get(customerKeyOf(record))), rules, now, wallNow)
  const recovery = recoveryNotice(before, settled, rules, wallNow)
  const said = [...saidOf(settled), ...(recovery === null ? [] : [recovery])]
  return { touched, before, settled, record: recovery?.record ?? settled.record, said, now }
}

const aroundOf = (row: CustomerRow | undefined): Surroundings => ({
  profile: currentProfile(row?.profile ?? null),
  lastMails: row?.lastMails ?? [],
})

const closedBy = ({ settled: { announcement, record } }: Done): readonly string[] =>
  announcement?.type === 'dunning.case_closed' ? [record.facts.id] : []

const asksFor = ({ settled: { plan, record } }: Done) =>
  (plan?.tasks ?? []).map((task) => ({ caseId: record.facts.id, task }))

const newsOf = (
  done: readonly Done[],
  rows: ReadonlyMap<string, CustomerRow>,
  customers: ReadonlyMap<string, readonly CustomerFacts[]>,
  wallNow: number,
): readonly CustomerNews[] => {
  const news = new Map<string, CustomerNews>()
  for (const [id, facts] of customers) {
    const row = rows.get(id)
    const profile = mergeProfiles(row?.profile ?? null, facts)
    const [first] = facts
    if (first === undefined || (row !== undefined && canonical(profile) === canonical(row.profile))) continue
    // Zone or policy may differ now; whether anything follows is for the scheduler to see.
    const lookAt = row === undefined ? null : wallNow
    news.set(id, { id, scope: first.scope, clock: null, profile, lookAt, rest: false })
  }
  for (const { record, settled } of done) {
    if (settled.plan === null) continue
    const id = customerKeyOf(record)
    const known = news.get(id)
    const lookAt = settled.plan.nextActionAt
    news.set(id, {
      id,
      scope: record.facts.scope,
      clock: clockIdOf(record.facts),
      profile: known?.profile ?? null,
      lookAt: earlier(lookAt, known?.lookAt ?? null),
      rest: known?.rest === true || settled.announcement?.type === 'dunning.case_opened',
    })
  }
  return [...news.values()]
}

const earlier = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b)
