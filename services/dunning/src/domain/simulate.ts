import { current } from '@keyflow/contracts'
import type { CaseFacts } from './case-facts.ts'
import { type CaseRecord, newRecord, type Surroundings } from './case-record.ts'
import { type Debt, standingOf } from './debt.ts'
import { reportNotice } from './notice.ts'
import type { Rules } from './settle-case.ts'
import { takeSteps } from './take-steps.ts'

/** Something that the policy would have done. Unix milliseconds by the clock of the customer. */
export interface SimulatedAct {
  readonly caseId: string
  readonly at: number
  readonly what: 'mail' | 'downgraded' | 'suspended' | 'restored' | 'closed'
  /** Template of a mail, outcome of a close. */
  readonly detail: string | null
}

/** What was recorded of one customer. */
export interface RecordedCustomer {
  readonly cases: readonly CaseRecord[]
  readonly around: Surroundings
}

/** A timeline of more than this has lost its way. */
const MOST_INSTANTS = 2000

/**
 * Plays recorded debts again under a policy: every mail is taken at once, every restriction is verified, nobody decides anything
 * by hand. What happened to a debt (failed, paid, given up) happens when it did. `until`: unix milliseconds.
 */
export const simulateCustomer = (
  { cases, around }: RecordedCustomer,
  rules: Rules,
  until: number,
): readonly SimulatedAct[] => {
  const acts: SimulatedAct[] = []
  let played: readonly CaseRecord[] = cases.map(({ facts }) => newRecord(asOf(facts, 0)))
  let lastMails: readonly number[] = []
  let now = firstInstant(cases, 0, until)
  for (let count = 0; now !== null && count < MOST_INSTANTS; count += 1) {
    const at: number = now
    const taken = takeSteps(
      {
        cases: played.map((record, index) => ({
          ...record,
          facts: asOf((cases[index] as CaseRecord).facts, at),
        })),
        around: { ...around, lastMails },
        verified: new Set(cases.map(({ facts }) => facts.id)),
        now: at,
        wallNow: at,
      },
      rules,
    )
    acts.push(...taken.said.flatMap((said) => actOf(said, at)))
    lastMails = taken.lastMails
    played = taken.cases.map((record) => withMailsTaken(record, at))
    const next = [firstInstant(cases, at, until), soon(taken.nextActionAt, at, until)].filter(
      (t) => t !== null,
    )
    now = next.length === 0 ? null : Math.min(...next)
  }
  return acts
}

/** A step that became possible by a mail that was just taken is looked at again a second later. */
const soon = (nextActionAt: number | null, at: number, until: number): number | null => {
  if (nextActionAt === null) return null
  const next = Math.max(nextActionAt, at + 1000)
  return next > until ? null : next
}

const actOf = (said: ReturnType<typeof takeSteps>['said'][number], at: number): readonly SimulatedAct[] => {
  const caseId = said.record.facts.id
  if (said.kind === 'notice') return [{ caseId, at, what: 'mail', detail: said.notice.template }]
  const { type, says } = said.announcement
  if (type === 'dunning.restricted' && says.level !== null && says.level !== 'none')
    return [{ caseId, at, what: says.level, detail: says.tier }]
  if (type === 'dunning.restored') return [{ caseId, at, what: 'restored', detail: null }]
  if (type === 'dunning.case_closed') return [{ caseId, at, what: 'closed', detail: says.outcome }]
  return []
}

const withMailsTaken = (record: CaseRecord, at: number): CaseRecord => ({
  ...record,
  notices: Object.fromEntries(
    Object.entries(record.notices).map(([id, notice]) => [
      id,
      notice.acceptedAt === null ? reportNotice(notice, 'mail.accepted', at) : notice,
    ]),
  ),
})

/** When something happened to any of the debts, next after an instant. */
const firstInstant = (cases: readonly CaseRecord[], after: number, until: number): number | null => {
  const instants = cases.flatMap(({ facts }) =>
    facts.debts.flatMap((debt) => {
      const standing = standingOf(debt)
      return standing === null ? [] : [standing.since * 1000, (standing.endedAt ?? 0) * 1000]
    }),
  )
  const coming = instants.filter((at) => at > after && at <= until)
  return coming.length === 0 ? null : Math.min(...coming)
}

/** The facts as far as they had happened. What is paid by now was owed until it was. */
const asOf = (facts: CaseFacts, at: number): CaseFacts => ({
  ...facts,
  debts: facts.debts.flatMap((debt) => {
    const standing = standingOf(debt)
    if (standing === null || standing.since * 1000 > at) return []
    return standing.endedAt === null || standing.endedAt * 1000 <= at ? [debt] : [stillOwed(debt)]
  }),
  end: facts.end === null || current(facts.end).at * 1000 > at ? null : facts.end,
})

const stillOwed = (debt: Debt): Debt =>
  debt.state === null
    ? debt
    : {
        ...debt,
        state: {
          newest: debt.state.newest.map((observation) => ({
            ...observation,
            state: {
              ...observation.state,
              status: 'open' as const,
              paidAt: null,
              remaining: Math.max(1, observation.state.due ?? observation.state.remaining ?? 0),
            },
          })),
        },
      }
