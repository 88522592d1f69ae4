import type { NoticeTemplate } from '@keyflow/contracts'
import type { RestrictLevel, Step } from './policy.ts'

/** Why a step is when it is; the reasons that moved it, in the order in which they did. */
export type Reason =
  | 'window'
  | 'notice'
  | 'notice_pending'
  | 'notice_refused'
  | 'notice_failed'
  | 'notice_skipped'
  | 'min_gap'
  | 'paused'
  | 'muted'
  | 'daily_limit'
  | 'episode_limit'
  | 'send_now'
  | 'resend'
  | 'after_another'
  | 'skipped'
  | 'carried'

export type StepState =
  /** To be taken now. */
  | 'due'
  /** Overdue, and a later mail says it better. */
  | 'overtaken'
  | 'waiting'
  /** Nothing but a change of what is known lets it happen. */
  | 'blocked'
  | 'done'
  /** Will never be taken: a later one was, or an operator said so, or the level holds already. */
  | 'passed'

export interface PlannedStep {
  readonly key: string
  readonly step: Step
  readonly invoice: string
  readonly email: NoticeTemplate | null
  readonly restrict: { readonly level: RestrictLevel; readonly to: string | null } | null
  readonly task: string | null
  /** Unix milliseconds: by policy and decisions alone. */
  readonly scheduledAt: number
  /** When it happens as things stand, or happened; null = not as things stand. */
  readonly at: number | null
  readonly state: StepState
  readonly why: readonly Reason[]
}

export interface PlanTask {
  /** The same task raised again is the same. */
  readonly key: string
  readonly kind: 'notice_refused' | 'notice_failed' | 'step'
  readonly title: string
}
