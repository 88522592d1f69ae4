import type { Calendar, TimeWindow } from './calendar.ts'
import { type CaseFile, type Level, SEVERITY, stepKey } from './case-file.ts'
import type { StandingDebt } from './debt.ts'
import { type Decision, pausesOf, standingDecisions } from './decision.ts'
import { announcementsOf, noticeGate } from './notice-gate.ts'
import type { PlannedStep, PlanTask, Reason } from './planned-step.ts'
import type { Policy } from './policy.ts'
import type { Standing } from './standing.ts'
import type { Frame, TimelineStep } from './timeline.ts'

export interface DatesInput {
  readonly file: CaseFile
  readonly policy: Policy
  readonly anchor: StandingDebt
  readonly frame: Frame
  readonly timeline: readonly TimelineStep[]
  readonly standing: Standing
  readonly level: Level
  readonly now: number
  readonly calendar: Calendar
}

export interface Dates {
  readonly steps: readonly PlannedStep[]
  /** Unix milliseconds; null = no date to wait for. */
  readonly wakeAt: number | null
  readonly tasks: readonly PlanTask[]
}

const DAY_MS = 86_400_000
/** How often a mail that announces a restriction is asked for again, a day apart, before a person is called. */
const MAIL_TRIES = 3

interface When {
  readonly at: number | null
  readonly why: readonly Reason[]
}

/** Gives every step of the timeline its date and state. Nothing is ever moved to an earlier date than the policy's. */
export const datesOf = (input: DatesInput): Dates => {
  const { file, anchor, timeline, now } = input
  const decided = decisionsFor(file.decisions, anchor.invoice)
  const lastRun = timeline.findLastIndex(
    ({ step }) => file.runs[stepKey(anchor.invoice, step.id)] !== undefined,
  )
  const steps: PlannedStep[] = []
  const tasks: PlanTask[] = []
  const wakes: number[] = []
  let previous: PlannedStep | null = null
  for (const [index, entry] of timeline.entries()) {
    const planned = planStep(input, entry, { decided, isPast: index < lastRun, previous, before: steps })
    steps.push(planned.step)
    if (planned.resend !== null) steps.push(planned.resend)
    if (planned.task !== null) tasks.push(planned.task)
    if (planned.wakeAt !== null) wakes.push(planned.wakeAt)
    if (entry.restrict !== null) previous = planned.step
  }
  const settled = overtake([...steps, ...extraMails(input, decided)], now)
  for (const { at, state } of settled)
    if (at !== null && (state === 'due' || state === 'waiting')) wakes.push(at)
  return { steps: settled, wakeAt: wakes.length === 0 ? null : Math.min(...wakes), tasks }
}

interface Decided {
  readonly skipped: ReadonlySet<string>
  readonly sendNow: readonly { readonly id: string; readonly step: string; readonly at: number }[]
}

const decisionsFor = (decisions: readonly Decision[], invoice: string): Decided => {
  const standing = standingDecisions(decisions)
  return {
    skipped: new Set(
      standing.flatMap(({ action }) =>
        action.kind === 'skip' && action.invoice === invoice ? [action.step] : [],
      ),
    ),
    sendNow: standing.flatMap(({ id, at, action }) =>
      action.kind === 'send_now' && action.invoice === invoice ? [{ id, at, step: action.step }] : [],
    ),
  }
}

interface Context {
  readonly decided: Decided
  /** A later step of this timeline was taken. */
  readonly isPast: boolean
  /** The restriction before this one. */
  readonly previous: PlannedStep | null
  readonly before: readonly PlannedStep[]
}

interface Planned {
  readonly step: PlannedStep
  readonly resend: PlannedStep | null
  readonly task: PlanTask | null
  readonly wakeAt: number | null
}

const planStep = (input: DatesInput, entry: TimelineStep, context: Context): Planned => {
  const { file, anchor, level, now } = input
  const { step, email, restrict, task, scheduledAt } = entry
  const key = stepKey(anchor.invoice, step.id)
  const base = { key, step, invoice: anchor.invoice, email, restrict, task, scheduledAt }
  const alone = (planned: Pick<PlannedStep, 'at' | 'state' | 'why'>): Planned => ({
    step: { ...base, ...planned },
    resend: null,
    task: null,
    wakeAt: null,
  })
  const run = file.runs[key]
  if (run !== undefined)
    return alone({ at: run.at, state: run.result === 'done' ? 'done' : 'passed', why: [] })
  if (context.decided.skipped.has(step.id)) return alone({ at: null, state: 'passed', why: ['skipped'] })
  if (restrict !== null && SEVERITY[restrict.level] <= SEVERITY[level] && scheduledAt <= now)
    return alone({ at: null, state: 'passed', why: ['carried'] })
  if (restrict === null) {
    if (context.isPast) return alone({ at: null, state: 'passed', why: ['after_another'] })
    const when = email === null ? { at: scheduledAt, why: [] } : mailDate(input, entry, context.decided)
    if (when.at === null) return alone({ at: null, state: 'passed', why: when.why })
    return alone({ at: when.at, state: when.at <= now ? 'due' : 'waiting', why: when.why })
  }
  const found = restrictDate(input, entry, context)
  const state = found.at === null ? 'blocked' : found.mayAct && found.at <= now ? 'due' : 'waiting'
  return {
    step: { ...base, at: found.at, state, why: found.why },
    resend: found.resend,
    task: found.task,
    wakeAt: found.wakeAt,
  }
}

const mailDate = (input: DatesInput, entry: TimelineStep, decided: Decided): When => {
  const { file, policy, frame, now, calendar, standing } = input
  const asked = decided.sendNow.find(({ step }) => step === entry.step.id)
  if (asked !== undefined) return { at: Math.min(asked.at, now), why: ['send_now'] }
  const count = Object.values(file.notices).filter(({ invoice }) =>
    standing.episode.invoices.has(invoice),
  ).length
  if (count >= policy.limits.perEpisode && entry.step.announces === undefined)
    return { at: null, why: ['episode_limit'] }
  const why: Reason[] = []
  let at = entry.scheduledAt
  const push = (to: number, reason: Reason): void => {
    if (to > at) {
      at = to
      why.push(reason)
    }
  }
  push(pausedUntil(file.decisions, 'freeze', Math.max(at, now)), 'paused')
  push(pausedUntil(file.decisions, 'mute', Math.max(at, now)), 'muted')
  push(mayWriteFrom(input), 'daily_limit')
  push(inside(policy.clock.sendWindow, at, now, frame.zone, calendar), 'window')
  return { at, why }
}

/** When the customer may get the next mail; unix milliseconds. */
const mayWriteFrom = ({ file, policy }: DatesInput): number => {
  const nth = file.lastMails[policy.limits.perCustomerPerDay - 1]
  return nth === undefined ? 0 : nth + DAY_MS
}

/** An overdue mail goes into the window as of now: the hour at which it was due is over. */
const inside = (
  window: TimeWindow | null,
  at: number,
  now: number,
  zone: string,
  calendar: Calendar,
): number => (window === null ? at : calendar.intoWindow(Math.max(at, now), window, zone))

/** End of the pause that covers the instant; 0 when none does. */
const pausedUntil = (decisions: readonly Decision[], mode: 'freeze' | 'mute', at: number): number =>
  pausesOf(decisions, mode).find(({ from, to }) => from <= at && at < to)?.to ?? 0

interface RestrictDate extends When {
  readonly mayAct: boolean
  readonly resend: PlannedStep | null
  readonly task: PlanTask | null
  readonly wakeAt: number | null
}

const restrictDate = (input: DatesInput, entry: TimelineStep, context: Context): RestrictDate => {
  const { file, policy, anchor, frame, now, calendar } = input
  const { step, scheduledAt } = entry
  const { zone } = frame
  const why: Reason[] = []
  let at = scheduledAt
  const push = (to: number, reason: Reason): void => {
    if (to > at) {
      at = to
      why.push(reason)
    }
  }
  const blocked = (reason: Reason, rest: Partial<RestrictDate> = {}): RestrictDate => ({
    at: null,
    why: [...why, reason],
    mayAct: false,
    resend: null,
    task: null,
    wakeAt: null,
    ...rest,
  })
  const min = step.notice?.min ?? 'P0D'
  const restricted = lastRestriction(input)
  if (restricted !== null) push(calendar.add(restricted, policy.limits.minGap, zone), 'min_gap')
  const { previous } = context
  const isSecond =
    previous !== null &&
    (previous.state === 'waiting' || previous.state === 'blocked' || previous.state === 'due')
  if (isSecond) {
    if (previous.at === null) return blocked('after_another')
    push(calendar.add(previous.at, policy.limits.minGap, zone), 'min_gap')
  }
  push(pausedUntil(file.decisions, 'freeze', Math.max(at, now)), 'paused')
  const finish = (mayAct: boolean, rest: Partial<RestrictDate> = {}): RestrictDate => {
    push(inside(policy.clock.restrictWindow, at, now, zone, calendar), 'window')
    return { at, why, mayAct: mayAct && !isSecond, resend: null, task: null, wakeAt: null, ...rest }
  }
  const notices = announcementsOf(file, input.standing.episode, step.id)
  const gate = noticeGate(notices, step.id, min, now, zone, calendar)
  if (gate.kind === 'open') {
    push(gate.from, 'notice')
    return finish(true)
  }
  if (gate.kind === 'pending') {
    push(calendar.add(gate.since, min, zone), 'notice_pending')
    return finish(false, { wakeAt: gate.until })
  }
  const announcers = context.before.filter(({ step: other }) => other.announces === step.id)
  const coming = announcers.findLast(
    ({ state }) => state === 'due' || state === 'waiting' || state === 'blocked',
  )
  if (coming !== undefined) {
    if (coming.at === null) return blocked('notice')
    push(calendar.add(Math.max(coming.at, now), min, zone), 'notice')
    return finish(false)
  }
  const fallback = policy.noticeFallback
  const proceed = (since: number): RestrictDate | null => {
    if (fallback === 'hold') return null
    push(calendar.add(Math.max(since, scheduledAt), fallback.proceedAfter, zone), 'notice')
    return finish(true, { task })
  }
  const task: PlanTask = {
    key: `${stepKey(anchor.invoice, step.id)}:notice`,
    kind: gate.kind === 'refused' ? 'notice_refused' : 'notice_failed',
    title: `${step.id} waits: the mail that announces it cannot be delivered`,
  }
  if (gate.kind === 'refused') return proceed(gate.at) ?? blocked('notice_refused', { task })
  if (announcers.some(({ why: reasons }) => reasons.includes('skipped'))) return blocked('notice_skipped')
  if (gate.kind === 'failed' && gate.times >= MAIL_TRIES)
    return proceed(gate.at) ?? blocked('notice_failed', { task })
  const announcer = announcers.findLast(({ email }) => email !== null)
  if (announcer === undefined) return blocked('notice')
  const again = Math.max(gate.kind === 'failed' ? gate.at + DAY_MS : now, mayWriteFrom(input))
  const resend = resendOf(announcer, again, input)
  push(calendar.add(Math.max(resend.at ?? now, now), min, zone), 'notice')
  return finish(false, { resend })
}

/** The mail of a step once more, without its restriction. */
const resendOf = (announcer: PlannedStep, at: number, { file, now }: DatesInput): PlannedStep => {
  let tries = 2
  while (file.runs[`${announcer.key}~${tries}`] !== undefined) tries += 1
  return {
    ...announcer,
    key: `${announcer.key}~${tries}`,
    restrict: null,
    task: null,
    scheduledAt: at,
    at,
    state: at <= now ? 'due' : 'waiting',
    why: ['resend'],
  }
}

/** When the episode last became more severe. */
const lastRestriction = ({ file, standing }: DatesInput): number | null => {
  const taken = Object.values(file.runs)
    .filter(
      ({ restrict, result, invoice }) =>
        restrict !== null && result === 'done' && standing.episode.invoices.has(invoice),
    )
    .map(({ at }) => at)
  return taken.length === 0 ? null : Math.max(...taken)
}

/** Mails that an operator wants again although their step was taken. */
const extraMails = (
  { file, anchor, timeline, now }: DatesInput,
  { sendNow }: Decided,
): readonly PlannedStep[] =>
  sendNow.flatMap(({ id, step: stepId, at }) => {
    const entry = timeline.find(({ step }) => step.id === stepId)
    const first = file.runs[stepKey(anchor.invoice, stepId)]
    if (entry === undefined || entry.email === null || first === undefined) return []
    // The one that was sent at the operator's word was this one.
    if (first.at >= at && entry.restrict === null) return []
    const key = `${stepKey(anchor.invoice, stepId)}!${id}`
    const run = file.runs[key]
    return [
      {
        key,
        step: entry.step,
        invoice: anchor.invoice,
        email: entry.email,
        restrict: null,
        task: null,
        scheduledAt: at,
        at: run?.at ?? Math.min(at, now),
        state: run === undefined ? ('due' as const) : ('done' as const),
        why: ['send_now' as const],
      },
    ]
  })

/** Of several mails that are due only the last is sent; a restriction that is due has its own. */
const overtake = (steps: readonly PlannedStep[], now: number): readonly PlannedStep[] => {
  const restricts = steps.findIndex(({ state, restrict }) => state === 'due' && restrict !== null)
  const lastMail = steps.findLastIndex(
    ({ state, restrict, email }) => state === 'due' && restrict === null && email !== null,
  )
  return steps.map((step, index) => {
    if (step.state !== 'due' || step.restrict !== null || step.email === null) return step
    if (step.why.includes('send_now')) return step
    const isOvertaken = index < lastMail || (restricts >= 0 && index < restricts)
    return isOvertaken ? { ...step, at: now, state: 'overtaken' } : step
  })
}
