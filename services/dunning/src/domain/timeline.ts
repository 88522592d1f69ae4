import type { NoticeTemplate } from '@keyflow/contracts'
import type { Calendar, IsoDuration } from './calendar.ts'
import type { StandingDebt } from './debt.ts'
import { type Decision, pausesOf, standingDecisions } from './decision.ts'
import { matches, type Subject } from './match-policy.ts'
import { emailOf, type Policy, type RestrictLevel, restrictionOf, type Step, taskOf } from './policy.ts'

/** A step with the date that policy and decisions give it; unix milliseconds. What keeps it waiting longer is the plan's. */
export interface TimelineStep {
  readonly step: Step
  readonly email: NoticeTemplate | null
  readonly restrict: { readonly level: RestrictLevel; readonly to: string | null } | null
  readonly task: string | null
  readonly scheduledAt: number
}

export interface Frame {
  /** Unix milliseconds of the first failure of the oldest outstanding invoice. */
  readonly anchorAt: number
  readonly zone: string
  readonly later: (at: number) => number
}

/** Dates are counted from the anchor in the zone of the case; pauses and extensions move what was still to come. */
export const frameOf = (
  anchor: StandingDebt,
  decisions: readonly Decision[],
  zone: string,
  calendar: Calendar,
): Frame => {
  const anchorAt = anchor.since * 1000
  const shifts = shiftsOf(decisions, anchorAt, zone, calendar)
  return { anchorAt, zone, later: (at) => shifts.reduce((moved, shift) => shift(moved), at) }
}

type Shift = (at: number) => number

const shiftsOf = (
  decisions: readonly Decision[],
  anchorAt: number,
  zone: string,
  calendar: Calendar,
): readonly Shift[] => {
  const frozen = pausesOf(decisions, 'freeze')
    .filter(({ to }) => to > anchorAt)
    .map(({ from, to }) => {
      const start = Math.max(from, anchorAt)
      return { from: start, shift: (at: number) => (at >= start ? at + (to - start) : at) }
    })
  const extended = standingDecisions(decisions).flatMap(({ at: decidedAt, action }) =>
    action.kind === 'extend' && decidedAt >= anchorAt
      ? [
          {
            from: decidedAt,
            shift: (at: number) => (at > decidedAt ? calendar.add(at, action.by, zone) : at),
          },
        ]
      : [],
  )
  return [...frozen, ...extended].sort((a, b) => a.from - b.from).map(({ shift }) => shift)
}

/** The steps that a policy has for this debt, in the order of their dates. */
export const timelineOf = (
  policy: Policy,
  frame: Frame,
  subject: Subject,
  calendar: Calendar,
): readonly TimelineStep[] => {
  const override = policy.byDecline[subject.decline]
  const quiet = later(calendar, frame, policy.open.quiet, override?.quiet)
  return [...policy.steps, ...(override?.extra ?? [])]
    .filter(({ when }) => when === undefined || matches(when, subject))
    .map((step) => {
      const email = emailOf(step)
      const restrict = restrictionOf(step)
      const dated = calendar.add(frame.anchorAt, step.after, frame.zone)
      const scheduled = frame.later(restrict === null && email !== null ? Math.max(dated, quiet) : dated)
      return {
        step,
        email: email === null ? null : (override?.template?.[step.id] ?? email),
        restrict,
        task: taskOf(step),
        scheduledAt: scheduled,
      }
    })
    .sort((a, b) => a.scheduledAt - b.scheduledAt)
}

const later = (
  calendar: Calendar,
  { anchorAt, zone }: Frame,
  ...durations: readonly (IsoDuration | undefined)[]
): number =>
  Math.max(
    ...durations.map((duration) =>
      duration === undefined ? anchorAt : calendar.add(anchorAt, duration, zone),
    ),
  )
