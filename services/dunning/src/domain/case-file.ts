import type { CaseFacts } from './case-facts.ts'
import type { CustomerProfile } from './customer-profile.ts'
import type { Decision } from './decision.ts'
import type { Notice } from './notice.ts'
import type { RestrictLevel } from './policy.ts'

export type Level = 'none' | RestrictLevel

/** A step that was taken, for the invoice that was the anchor then. Never undone: it is what happened. */
export interface StepRun {
  readonly key: string
  readonly invoice: string
  readonly step: string
  /** Unix milliseconds, by the clock of the case. */
  readonly at: number
  /** When it was due. */
  readonly dueAt: number
  readonly result: 'done' | 'superseded'
  readonly restrict: { readonly level: RestrictLevel; readonly to: string | null } | null
  /** The mail that was asked for. */
  readonly notice: string | null
}

/** Everything that a plan follows from, besides policy and time. */
export interface CaseFile {
  readonly facts: CaseFacts
  readonly profile: CustomerProfile
  readonly decisions: readonly Decision[]
  /** By key. */
  readonly runs: Readonly<Record<string, StepRun>>
  /** By id. */
  readonly notices: Readonly<Record<string, Notice>>
  /** When the customer was last written to, for all of their cases; newest first, unix milliseconds. */
  readonly lastMails: readonly number[]
}

export const SEVERITY: Readonly<Record<Level, number>> = { none: 0, downgraded: 1, suspended: 2 }

/** Unique for ever: a step is taken once for each invoice that becomes the anchor. */
export const stepKey = (invoice: string, step: string): string => `${invoice}:${step}`
