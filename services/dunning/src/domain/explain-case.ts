import type { CaseFile, Level } from './case-file.ts'
import type { Plan } from './plan.ts'
import type { PlannedStep, Reason } from './planned-step.ts'

/** What would end it, or keep it from going on. */
export type StoppedBy = 'payment' | 'void_or_credit' | 'cancellation' | 'stop' | 'pause' | 'write_off'

export interface CaseExplanation {
  /** Sentences, the most important first. */
  readonly why: readonly string[]
  readonly next: { readonly step: string; readonly at: number; readonly does: string } | null
  readonly stoppedBy: readonly StoppedBy[]
}

const LEVELS: Readonly<Record<Level, string>> = {
  none: 'Nothing is restricted.',
  downgraded: 'The license is downgraded until the debts are settled.',
  suspended: 'The license is suspended until the debts are settled.',
}

const REASONS: Readonly<Record<Reason, string>> = {
  window: 'waits for the hours in which it may happen',
  notice: 'waits until a mail that announces it is old enough',
  notice_pending: 'waits for the mail that announces it to be accepted',
  notice_refused: 'cannot happen: the mail that announces it was refused by its address',
  notice_failed: 'cannot happen: the mail that announces it could not be sent',
  notice_skipped: 'cannot happen: an operator skipped the mail that announces it',
  min_gap: 'keeps its distance from the restriction before it',
  paused: 'waits for the end of a pause',
  muted: 'waits: mails are muted',
  daily_limit: 'waits: the customer was written to today',
  episode_limit: 'does not happen: the customer was written to often enough',
  send_now: 'happens at the word of an operator',
  resend: 'is the mail once more',
  after_another: 'comes after another that has not happened, or was overtaken by one that has',
  skipped: 'was skipped by an operator',
  carried: 'holds already',
}

/** Why a case is as it is, what comes next and when, and what would stop it. */
export const explainCase = (file: CaseFile, plan: Plan): CaseExplanation => ({
  why: [statusLine(plan), LEVELS[plan.level], ...debtLines(plan), ...stepLines(plan), ...decisionLines(file)],
  next: nextOf(plan.steps),
  stoppedBy:
    plan.status === 'open'
      ? ['payment', 'void_or_credit', 'cancellation', 'stop', 'pause', 'write_off']
      : plan.level === 'none'
        ? []
        : ['payment', 'void_or_credit'],
})

const statusLine = ({ status, anchor, endsAt }: Plan): string => {
  if (status !== 'open' || anchor === null) return `The case is closed: ${status}.`
  const since = iso(anchor.since * 1000)
  const end = endsAt === null ? '' : ` Unless something is paid it ends at ${iso(endsAt)}.`
  return `The case is open: days count from ${since}, when the payment of ${anchor.invoice} first failed.${end}`
}

const debtLines = ({ standing }: Plan): readonly string[] =>
  standing.owed.map(
    ({ invoice, remaining, currency, since, nextAttemptAt, reasons }) =>
      `${invoice} owes ${remaining} ${currency} (minor units) since ${iso(since * 1000)}: ${reasons.join(', ')}.` +
      (nextAttemptAt === null
        ? ' Stripe does not try again by itself.'
        : ` Stripe tries again at ${iso(nextAttemptAt * 1000)}.`),
  )

const stepLines = ({ steps }: Plan): readonly string[] =>
  steps.map((step) => {
    const moved = step.why.map((reason) => REASONS[reason]).join('; ')
    const when = step.at === null ? 'no date' : iso(step.at)
    return `${step.step.id}: ${step.state}, ${when}${moved === '' ? '' : ` (${moved})`}.`
  })

const decisionLines = ({ decisions }: CaseFile): readonly string[] =>
  decisions.map(
    ({ id, at, actor, reason, action }) =>
      `${actor} decided ${action.kind} at ${iso(at)}: ${reason} (${id}).`,
  )

/** The first step that is still to come. */
const nextOf = (steps: readonly PlannedStep[]): CaseExplanation['next'] => {
  const coming = steps
    .flatMap((step) =>
      step.at !== null && (step.state === 'due' || step.state === 'waiting')
        ? [{ ...step, at: step.at }]
        : [],
    )
    .sort((a, b) => a.at - b.at)[0]
  if (coming === undefined) return null
  const { step, at, email, restrict } = coming
  const does = [
    restrict === null ? null : `license ${restrict.level}`,
    email === null ? null : `mail ${email}`,
  ]
  return {
    step: step.id,
    at,
    does: does.filter((one) => one !== null).join(', ') || 'a task for an operator',
  }
}

const iso = (ms: number): string => new Date(ms).toISOString()
