import {
  type ConsumerService,
  type Failpoint,
  failureCode,
  insertOutbox,
  inTransaction,
  isDuplicateKey,
  type Logger,
  type OutboxEntry,
  publishEntries,
  type RecordPublisher,
  type Store,
  type Transaction,
} from '@keyflow/runtime'
import { loadCasesOfCustomers, saveCases, type VersionedCase } from '../adapters/case-store.ts'
import type { CustomerRow } from '../adapters/customer-store.ts'
import { loadHeld, type Release, releaseCustomers } from '../adapters/due-customers.ts'
import { findStepRuns, insertStepRuns } from '../adapters/step-runs.ts'
import { raiseTasks } from '../adapters/task-store.ts'
import { currentProfile } from '../domain/customer-profile.ts'
import { foldFacts } from '../domain/fold-facts.ts'
import type { Rules } from '../domain/settle-case.ts'
import { memoryOf } from '../domain/step-memory.ts'
import { type Taken, takeSteps, whomToAsk } from '../domain/take-steps.ts'
import type { DunningMetrics } from '../dunning-metrics.ts'
import { dunningEntry } from './dunning-entry.ts'
import { type CaseToVerify, NOTHING_VERIFIED, type Verified } from './verify-cases.ts'

export interface RunStepsOptions {
  readonly store: Store
  /** In each transaction: throws when the database is no longer the one in force. */
  readonly assertLive: ConsumerService['assertLive']
  readonly publisher: RecordPublisher
  readonly dunningTopic: string
  readonly rules: () => Rules
  readonly verify: (cases: readonly CaseToVerify[]) => Promise<Verified>
  readonly clock: () => Date
  readonly owner: string
  readonly metrics: DunningMetrics
  readonly failpoint: Failpoint
  readonly logger: Logger
}

/** Customers that this process holds the lease of, all on one clock. */
export interface Claimed {
  readonly token: string
  readonly customers: readonly CustomerRow[]
  /** Unix milliseconds by their clock. */
  readonly now: () => number
}

/** Stripe did not answer: so long nobody asks again, milliseconds. */
const POSTPONE_MS = 15 * 60_000

/** Customers that Stripe is asked about before their steps are taken together: what it says must still be fresh then. */
const ASKED_TOGETHER = 25

/**
 * Takes what is due for the claimed customers: at once where nothing has to be asked; where a restriction is due Stripe is asked
 * first. Then in one transaction plans again on what is stored by now, records the steps under their unique keys, and writes
 * cases and outbox. Whoever lost the lease, or met a step that somebody else took, writes nothing.
 */
export const createRunSteps = (options: RunStepsOptions) => {
  const { store, publisher, failpoint, metrics } = options

  const runBatch = async (claimed: Claimed, verified: Verified, heal: boolean): Promise<void> => {
    const done = await inTransaction(store, async (session) => {
      await options.assertLive(session)
      const tx: Transaction = { session, store, now: options.clock() }
      const step = await takeHeld(options, claimed, verified, tx, heal)
      failpoint('steps.written')
      return step
    })
    failpoint('steps.committed')
    metrics.leasesLost(claimed.customers.length - done.taken.length)
    for (const { taken } of done.taken) metrics.taken(taken, claimed.now())
    try {
      await publishEntries(store, publisher, done.outbox)
    } catch (error) {
      options.logger.warn({ entries: done.outbox.length, code: failureCode(error) }, 'outbox.left_to_sweeper')
    }
    failpoint('steps.published')
  }

  /** A step that was taken already spoils its transaction: the others go on without it. */
  const runOrSplit = async (claimed: Claimed, verified: Verified, heal = false): Promise<void> => {
    const { customers } = claimed
    if (customers.length === 0) return
    try {
      await runBatch(claimed, verified, heal)
    } catch (error) {
      if (!isDuplicateKey(error) || heal) throw error
      if (customers.length === 1) {
        metrics.duplicatePrevented()
        options.logger.error({ customer: customers[0]?._id }, 'step.already_taken')
        return await runOrSplit(claimed, verified, true)
      }
      const middle = Math.ceil(customers.length / 2)
      await runOrSplit({ ...claimed, customers: customers.slice(0, middle) }, verified)
      await runOrSplit({ ...claimed, customers: customers.slice(middle) }, verified)
    }
  }

  return async (claimed: Claimed): Promise<void> => {
    const wanted = await casesToVerify(options, claimed)
    const asked = new Set(wanted.map(({ customer }) => customer))
    const plain = claimed.customers.filter(({ _id }) => !asked.has(_id))
    if (wanted.length === 0) failpoint('steps.verified')
    await runOrSplit({ ...claimed, customers: plain }, NOTHING_VERIFIED)
    const asking = claimed.customers.filter(({ _id }) => asked.has(_id))
    for (let at = 0; at < asking.length; at += ASKED_TOGETHER) {
      const customers = asking.slice(at, at + ASKED_TOGETHER)
      const ids = new Set(customers.map(({ _id }) => _id))
      const verified = await options.verify(wanted.filter(({ customer }) => ids.has(customer)))
      failpoint('steps.verified')
      await runOrSplit({ ...claimed, customers }, verified)
    }
  }
}

interface TakenOf {
  readonly row: CustomerRow
  readonly taken: Taken
}

const takeFor = (
  row: CustomerRow,
  cases: readonly VersionedCase[],
  verified: Verified,
  rules: Rules,
  now: number,
  wallNow: number,
): Taken => {
  const facts = new Map(
    verified.facts.map((one) => [one.id, verified.facts.filter(({ id }) => id === one.id)]),
  )
  const current = cases.map(({ record }) =>
    (facts.get(record.facts.id) ?? []).reduce((known, one) => foldFacts(known, one) ?? known, record),
  )
  const around = { profile: currentProfile(row.profile), lastMails: row.lastMails }
  return takeSteps({ cases: current, around, verified: verified.ids, now, wallNow }, rules)
}

/**
 * Whom to ask Stripe about: who is to be restricted, and who is written to for the first time (why the payment failed decides
 * what the mail says). Found without a transaction: nothing is decided by it.
 */
const casesToVerify = async (
  options: RunStepsOptions,
  claimed: Claimed,
): Promise<readonly CaseToVerify[]> => {
  const ids = claimed.customers.map(({ _id }) => _id)
  const cases = groupBy(await loadCasesOfCustomers(options.store, undefined, ids))
  const wallNow = options.clock().getTime()
  return claimed.customers.flatMap((row): readonly CaseToVerify[] => {
    const own = cases.get(row._id) ?? []
    const around = { profile: currentProfile(row.profile), lastMails: row.lastMails }
    const foreseen = whomToAsk(
      { cases: own.map(({ record }) => record), around, now: claimed.now(), wallNow },
      options.rules(),
    )
    const asked = new Set([...foreseen.restricted, ...foreseen.unexplained])
    return own
      .filter(({ record }) => asked.has(record.facts.id))
      .map(({ record: { facts, state } }) => ({
        id: facts.id,
        customer: row._id,
        scope: facts.scope,
        subscription: facts.subscription,
        invoices: (state?.debts ?? []).map(({ invoice }) => invoice),
        isRequired: foreseen.restricted.includes(facts.id),
      }))
  })
}

const takeHeld = async (
  options: RunStepsOptions,
  claimed: Claimed,
  verified: Verified,
  tx: Transaction,
  heal: boolean,
): Promise<{ readonly taken: readonly TakenOf[]; readonly outbox: readonly OutboxEntry[] }> => {
  const rules = options.rules()
  const held = await loadHeld(
    tx,
    claimed.customers.map(({ _id }) => _id),
    claimed.token,
  )
  const stored = await loadCasesOfCustomers(
    tx.store,
    tx.session,
    held.map(({ _id }) => _id),
  )
  const cases = groupBy(heal ? await withTakenSteps(tx, stored) : stored)
  const now = claimed.now()
  const taken = held.map((row) => ({
    row,
    taken: takeFor(row, cases.get(row._id) ?? [], verified, rules, now, tx.now.getTime()),
  }))
  const versions = new Map(stored.map(({ record, version }) => [record.facts.id, version]))
  const before = new Map(stored.map(({ record }) => [record.facts.id, record]))
  await insertStepRuns(
    tx,
    taken.flatMap(({ taken: { steps } }) => steps),
    options.owner,
  )
  await saveCases(
    tx,
    taken.flatMap(({ taken: { cases: records } }) =>
      records
        .filter((record) => record !== before.get(record.facts.id))
        .map((record) => ({ record, version: versions.get(record.facts.id) ?? 0 })),
    ),
  )
  await raiseTasks(
    tx,
    taken.flatMap(({ taken: { tasks } }) => tasks),
  )
  await releaseCustomers(
    tx,
    claimed.token,
    taken.map((one) => releaseOf(one, verified)),
  )
  const outbox = taken.flatMap(({ taken: one }) => {
    const memory = memoryOf(one)
    return one.said.map((said) =>
      dunningEntry(said, { topic: options.dunningTopic, rules, causes: [], headers: {}, now, memory }),
    )
  })
  await insertOutbox(tx.store, tx.session, outbox, tx.now)
  return { taken, outbox }
}

const releaseOf = ({ row, taken }: TakenOf, verified: Verified): Release => ({
  id: row._id,
  lastMails: taken.lastMails,
  nextActionAt: taken.nextActionAt,
  restMs: verified.postponed.has(row._id) ? POSTPONE_MS : 0,
})

/** What the ledger of steps knows and the case does not (it was restored from a backup): it was taken all the same. */
const withTakenSteps = async <C extends VersionedCase>(
  tx: Transaction,
  cases: readonly C[],
): Promise<readonly C[]> => {
  const runs = await findStepRuns(
    tx,
    cases.map(({ record }) => record.facts.id),
  )
  return cases.map((one) => {
    const own = runs.filter(({ caseId }) => caseId === one.record.facts.id)
    const known = Object.fromEntries(own.map(({ run }) => [run.key, run]))
    return { ...one, record: { ...one.record, runs: { ...known, ...one.record.runs } } }
  })
}

const groupBy = (
  cases: readonly (VersionedCase & { readonly customer: string })[],
): ReadonlyMap<string, readonly VersionedCase[]> => {
  const groups = new Map<string, VersionedCase[]>()
  for (const one of cases) groups.set(one.customer, [...(groups.get(one.customer) ?? []), one])
  return groups
}
