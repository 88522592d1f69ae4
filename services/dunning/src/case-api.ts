import { randomUUID } from 'node:crypto'
import type { FastifyInstance, RecordPublisher, Store } from '@keyflow/runtime'
import { allCases, type CaseRow, customerKeyOf, findCases, listCases } from './adapters/case-store.ts'
import { listClocks } from './adapters/clock-store.ts'
import { customersOf } from './adapters/customer-store.ts'
import { readPolicies } from './adapters/policy-file.ts'
import { finishTask, listTasks } from './adapters/task-store.ts'
import type { Surroundings } from './domain/case-record.ts'
import { timeOf } from './domain/case-time.ts'
import { currentProfile } from './domain/customer-profile.ts'
import { type Rules, settleCase } from './domain/settle-case.ts'
import { caseOperationsRoute } from './http/case-operations.route.ts'
import { type CaseInHand, casesRoute } from './http/cases.route.ts'
import { simulateRoute } from './http/simulate.route.ts'
import { tasksRoute } from './http/tasks.route.ts'
import { createOperateCase } from './workers/operate-case.ts'
import { type CustomerHistory, createSimulatePolicies } from './workers/simulate-policies.ts'

export interface CaseApiDeps {
  readonly store: Store
  readonly publisher: RecordPublisher
  readonly operatorToken: string
  readonly operationsTopic: string
  readonly rules: () => Rules
  readonly clock: () => Date
}

/** Puts the operators' API of cases together. */
export const caseApi = (server: FastifyInstance, deps: CaseApiDeps): void => {
  const { store, operatorToken } = deps
  const find = (id: string) => casesInHand(deps, id)
  casesRoute(server, {
    operatorToken,
    list: (filter, cursor, limit) => listCases(store, filter, cursor, limit),
    find,
  })
  caseOperationsRoute(server, {
    operatorToken,
    find,
    operate: createOperateCase({ ...deps, topic: deps.operationsTopic, newId: randomUUID }),
  })
  tasksRoute(server, {
    operatorToken,
    list: (filter, cursor, limit) => listTasks(store, filter, cursor, limit),
    finish: (id, done) => finishTask(store, id, done, deps.clock()),
  })
  simulateRoute(server, {
    operatorToken,
    simulate: createSimulatePolicies({
      rules: deps.rules,
      readPolicies: (text) => readPolicies(text, deps.rules().calendar),
      customers: () => histories(store),
      clock: deps.clock,
    }),
  })
}

const surroundingsOf = async (
  store: Store,
  rows: readonly CaseRow[],
): Promise<ReadonlyMap<string, Surroundings>> => {
  const ids = [...new Set(rows.map(({ record }) => customerKeyOf(record)))]
  const found = await customersOf(store)
    .find({ _id: { $in: ids } })
    .toArray()
  return new Map(
    found.map((row) => [row._id, { profile: currentProfile(row.profile), lastMails: row.lastMails }]),
  )
}

const NOBODY: Surroundings = { profile: currentProfile(null), lastMails: [] }

/** Cases with the plans that hold for them now: made by the same function as mails and steps, at the moment of asking. */
const casesInHand = async (
  { store, rules, clock }: CaseApiDeps,
  id: string,
): Promise<readonly CaseInHand[]> => {
  const rows = await findCases(store, id)
  if (rows.length === 0) return []
  const clocks = new Map((await listClocks(store)).map((one) => [one.id, one.now.getTime()]))
  const around = await surroundingsOf(store, rows)
  const wallNow = clock().getTime()
  return rows.map((row) => {
    const now = timeOf(row.record.facts, wallNow, clocks)
    const customer = around.get(customerKeyOf(row.record)) ?? NOBODY
    const settled = settleCase(row.record, customer, rules(), now, wallNow)
    return { row, around: customer, plan: settled.plan, now }
  })
}

async function* histories(store: Store): AsyncIterable<CustomerHistory> {
  let current: CaseRow[] = []
  for await (const row of allCases(store)) {
    if (current[0] !== undefined && current[0].customer !== row.customer) {
      yield await historyOf(store, current)
      current = []
    }
    current.push(row)
  }
  if (current.length > 0) yield await historyOf(store, current)
}

const historyOf = async (store: Store, rows: readonly CaseRow[]): Promise<CustomerHistory> => {
  const [first] = rows as readonly [CaseRow, ...CaseRow[]]
  const around = (await surroundingsOf(store, rows)).get(first.customer) ?? NOBODY
  return {
    customer: first.customer,
    livemode: first.record.facts.scope.livemode,
    cases: rows.map(({ record }) => record),
    around,
  }
}
