import type { Announced } from './announce.ts'
import type { CaseFacts } from './case-facts.ts'
import type { CaseFile, Level, StepRun } from './case-file.ts'
import type { StandingDebt } from './debt.ts'
import type { Decision } from './decision.ts'
import type { Notice } from './notice.ts'
import type { CaseStatus } from './standing.ts'

/** A case with what was done and said about it. `seq` is the fence: every event of the case has the next one. */
export interface CaseRecord {
  readonly facts: CaseFacts
  readonly decisions: readonly Decision[]
  readonly runs: Readonly<Record<string, StepRun>>
  readonly notices: Readonly<Record<string, Notice>>
  readonly announced: Announced | null
  readonly seq: number
  /** The policy that the present episode began under, and an invoice of that episode. */
  readonly pinned: { readonly invoice: string; readonly id: string; readonly hash: string } | null
  /** The newest event that carried a restriction; null = none ever did. Unix milliseconds, everybody's clock. */
  readonly wanted: { readonly seq: number; readonly level: Level; readonly at: number } | null
  /** What licensing says to have applied. */
  readonly applied: { readonly seq: number; readonly level: Level; readonly at: number } | null
  /** A projection of the plan, for lists and look-ups; null while nothing has ever failed. */
  readonly state: CaseState | null
}

export interface CaseState {
  readonly status: CaseStatus
  readonly customer: string | null
  /** Unix seconds since which the oldest debt is owed; null once nothing is. */
  readonly anchorAt: number | null
  /** Minor units by currency. */
  readonly outstanding: Readonly<Record<string, number>>
  /** Owed, oldest first. */
  readonly debts: readonly StandingDebt[]
  readonly level: Level
  readonly tier: string | null
  /** Unix milliseconds, by the clock of the case. */
  readonly nextActionAt: number | null
}

/** What a plan needs to know beyond the case: the customer, and when they were last written to. */
export type Surroundings = Pick<CaseFile, 'profile' | 'lastMails'>

export const newRecord = (facts: CaseFacts): CaseRecord => ({
  facts,
  decisions: [],
  runs: {},
  notices: {},
  announced: null,
  seq: 0,
  pinned: null,
  wanted: null,
  applied: null,
  state: null,
})

export const fileOf = (record: CaseRecord, { profile, lastMails }: Surroundings): CaseFile => ({
  facts: record.facts,
  profile,
  decisions: record.decisions,
  runs: record.runs,
  notices: record.notices,
  lastMails,
})
