import type { Calendar } from './calendar.ts'
import type { CaseFile, Level } from './case-file.ts'
import type { StandingDebt } from './debt.ts'
import { levelAt, NOT_RESTRICTED } from './level.ts'
import type { Subject } from './match-policy.ts'
import { datesOf } from './plan-dates.ts'
import type { PlannedStep, PlanTask } from './planned-step.ts'
import type { Policy } from './policy.ts'
import { type CaseStatus, type Standing, standOf } from './standing.ts'
import { subjectOf } from './subject.ts'
import { frameOf, type TimelineStep, timelineOf } from './timeline.ts'
import { zoneOf } from './zone.ts'

export interface Plan {
  readonly status: CaseStatus
  readonly standing: Standing
  /** The oldest pursued debt; null when none is. */
  readonly anchor: StandingDebt | null
  readonly zone: string
  readonly subject: Subject
  /** What holds now. */
  readonly level: Level
  readonly tier: string | null
  readonly steps: readonly PlannedStep[]
  /** Unix milliseconds at which this has to be looked at again; null = only when something new is known. */
  readonly nextActionAt: number | null
  /** When the timeline ends, if nothing is paid. */
  readonly endsAt: number | null
  readonly tasks: readonly PlanTask[]
}

/**
 * The one function from which mails, the dates that they print, restrictions, the API and the simulator come. Pure: the same
 * file, policy and instant (unix milliseconds) give the same plan. null = nothing has ever failed.
 */
export const plan = (
  file: CaseFile,
  policy: Policy,
  now: number,
  calendar: Calendar,
  accountZone = 'UTC',
): Plan | null => {
  const standing = standOf(file.facts, file.decisions)
  if (standing === null) return null
  const zone = zoneOf(policy, file.profile, calendar, accountZone)
  const pursued = standing.owed.filter((debt) => isPursued(debt, policy))
  const anchor = pursued[0] ?? null
  const subject = subjectOf(file, standing, anchor)
  const base = { standing, zone, subject }
  const timelineFor = (debt: StandingDebt): readonly TimelineStep[] =>
    timelineOf(policy, frameOf(debt, file.decisions, zone, calendar), subject, calendar)
  const reigning = standing.history
    .filter((debt) => isPursued(debt, policy))
    .map((debt) =>
      debt.standing === 'written_off' && !policy.recovery.restoreOnWriteOff ? neverEnded(debt) : debt,
    )
  if (anchor === null || standing.status !== 'open') {
    const keeps = standing.status === 'written_off' && standing.writtenOff.length > 0
    const level = keeps ? levelAt(file, reigning, timelineFor) : NOT_RESTRICTED
    return {
      ...base,
      ...level,
      status: standing.status,
      anchor: null,
      steps: [],
      nextActionAt: null,
      endsAt: null,
      tasks: [],
    }
  }
  const frame = frameOf(anchor, file.decisions, zone, calendar)
  const timeline = timelineFor(anchor)
  const level = levelAt(file, reigning, timelineFor)
  const dated = datesOf({
    file,
    policy,
    anchor,
    frame,
    timeline,
    standing,
    level: level.level,
    now,
    calendar,
  })
  const endsAt = frame.later(calendar.add(frame.anchorAt, policy.end.after, zone))
  const isOver =
    (standing.endedBy === 'payment_failed' && policy.end.onStripeCancel === 'now') ||
    (now >= endsAt && dated.steps.every(({ state }) => state === 'done' || state === 'passed'))
  if (isOver)
    return {
      ...base,
      ...level,
      status: 'lost',
      anchor,
      steps: dated.steps,
      nextActionAt: null,
      endsAt,
      tasks: [],
    }
  const wakes = [dated.wakeAt, endsAt > now ? endsAt : null].filter((at) => at !== null)
  return {
    ...base,
    ...level,
    status: 'open',
    anchor,
    steps: dated.steps,
    nextActionAt: wakes.length === 0 ? null : Math.min(...wakes),
    endsAt,
    tasks: dated.tasks,
  }
}

/** Stripe gave it up; it is not paid, and what it led to stays. */
const neverEnded = (debt: StandingDebt): StandingDebt => ({ ...debt, endedAt: null })

const isPursued = (debt: StandingDebt, policy: Policy): boolean =>
  (debt.standing !== 'owed' || debt.remaining >= (policy.open.minAmount[debt.currency] ?? 0)) &&
  debt.reasons.some((reason) => policy.open.on.includes(reason))
