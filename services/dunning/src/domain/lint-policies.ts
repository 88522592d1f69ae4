import type { Calendar, IsoDuration, TimeWindow } from './calendar.ts'
import { SEVERITY } from './case-file.ts'
import { emailOf, type Policy, restrictionOf, type Step } from './policy.ts'

export interface Finding {
  readonly severity: 'error' | 'warning'
  /** Keys and positions joined by dots, e.g. `policies.0.steps.2.notice`. */
  readonly path: string
  /** What is wrong and how to mend it; completes the path to a sentence. */
  readonly message: string
}

type Report = (path: string, message: string, severity?: Finding['severity']) => void

/** Everything that a schema cannot see: all findings at once. A book without errors never surprises a customer. */
export const lintPolicies = (policies: readonly Policy[], calendar: Calendar): readonly Finding[] => {
  const findings: Finding[] = []
  const report: Report = (path, message, severity = 'error') => findings.push({ severity, path, message })
  const length = (duration: IsoDuration): number => calendar.add(0, duration, 'UTC')
  const ids = new Set<string>()
  for (const [index, policy] of policies.entries()) {
    const path = `policies.${index}`
    if (ids.has(policy.id)) report(`${path}.id`, `is taken: another policy is called ${policy.id}`)
    ids.add(policy.id)
    const isCatchAll = Object.keys(policy.match).length === 0
    const isLast = index === policies.length - 1
    if (isLast && !isCatchAll)
      report(`${path}.match`, 'must be {}: the last policy is for whoever matches no other')
    if (!isLast && isCatchAll) report(`${path}.match`, 'matches everything: no policy after it is ever used')
    lintClock(policy, `${path}.clock`, calendar, report)
    lintSteps(policy, path, length, report)
    lintLimits(policy, path, length, report)
  }
  return findings
}

const lintClock = ({ clock }: Policy, path: string, calendar: Calendar, report: Report): void => {
  if (clock.zone !== 'customer' && clock.zone !== 'account' && !calendar.isZone(clock.zone))
    report(`${path}.zone`, `is no time zone: write customer, account, or a name such as Europe/Berlin`)
  for (const name of ['sendWindow', 'restrictWindow'] as const) {
    const window: TimeWindow | null = clock[name]
    if (window !== null && window.from >= window.to)
      report(`${path}.${name}`, 'is empty: `from` must be before `to`, both of one day')
  }
}

const lintSteps = (
  policy: Policy,
  path: string,
  length: (duration: IsoDuration) => number,
  report: Report,
): void => {
  const { steps } = policy
  const ids = new Set<string>()
  let severity = 0
  for (const [index, step] of steps.entries()) {
    const at = `${path}.steps.${index}`
    if (ids.has(step.id)) report(`${at}.id`, `is taken: another step is called ${step.id}`)
    ids.add(step.id)
    const before = steps[index - 1]
    if (before !== undefined && length(step.after) <= length(before.after))
      report(`${at}.after`, `must be later than ${before.after}, the step before it`)
    const restriction = restrictionOf(step)
    if (step.announces !== undefined) lintAnnouncing(step, steps, index, at, report)
    if (restriction === null) {
      if (step.notice !== undefined) report(`${at}.notice`, 'belongs to a step that restricts: remove it')
      continue
    }
    if (SEVERITY[restriction.level] <= severity)
      report(`${at}.do`, 'must restrict more than the restriction before it')
    severity = SEVERITY[restriction.level]
    if (restriction.level === 'downgraded' && restriction.to === null)
      report(`${at}.do`, 'must name the tier to downgrade to: {restrict: {level: downgraded, to: free}}')
    lintNotice(policy, step, index, at, length, report)
  }
  for (const [decline, override] of Object.entries(policy.byDecline)) {
    const at = `${path}.byDecline.${decline}`
    for (const id of Object.keys(override?.template ?? {}))
      if (!ids.has(id)) report(`${at}.template.${id}`, 'is no step of this policy')
    for (const [index, step] of (override?.extra ?? []).entries()) {
      if (ids.has(step.id)) report(`${at}.extra.${index}.id`, `is taken: another step is called ${step.id}`)
      if (restrictionOf(step) !== null || step.announces !== undefined)
        report(
          `${at}.extra.${index}`,
          'may only remind: restrictions and what announces them belong to steps',
        )
    }
  }
}

const lintAnnouncing = (
  step: Step,
  steps: readonly Step[],
  index: number,
  at: string,
  report: Report,
): void => {
  if (emailOf(step) === null)
    report(`${at}.announces`, 'needs an email in `do`: nothing else tells the customer')
  const target = steps.findIndex(({ id }) => id === step.announces)
  const found = steps[target]
  if (found === undefined || restrictionOf(found) === null)
    report(`${at}.announces`, `must be the id of a step that restricts; ${step.announces} is none`)
  else if (target <= index) report(`${at}.announces`, `must be a later step than ${step.id} itself`)
}

/** Every restriction is announced, early enough that it can happen on its day. */
const lintNotice = (
  policy: Policy,
  step: Step,
  index: number,
  at: string,
  length: (duration: IsoDuration) => number,
  report: Report,
): void => {
  if (step.notice === undefined) {
    report(at, 'restricts and has no notice: add notice: {min: P3D}')
    return
  }
  const announcers = policy.steps
    .slice(0, index)
    .filter(({ announces, when }) => announces === step.id && when === undefined)
  const gap = length(step.after) - length(step.notice.min)
  if (announcers.length === 0)
    report(at, `restricts and no earlier mail announces it to everybody: add announces: ${step.id} to one`)
  else if (announcers.every(({ after }) => length(after) > gap))
    report(
      `${at}.after`,
      `is too soon: what announces it comes less than ${step.notice.min} before it`,
      'error',
    )
  if (emailOf(step) === null) report(`${at}.do`, 'restricts and tells nobody: add an email')
  const quiets = [
    policy.open.quiet,
    ...Object.values(policy.byDecline).map((override) => override?.quiet ?? 'PT0S'),
  ]
  if (quiets.some((quiet) => length(quiet) > gap))
    report(`${at}.notice`, 'cannot be kept: the quiet phase lasts into the time of notice')
}

const lintLimits = (
  policy: Policy,
  path: string,
  length: (duration: IsoDuration) => number,
  report: Report,
): void => {
  const { steps, end, limits, stripe } = policy
  const last = steps.at(-1)
  if (last !== undefined && length(end.after) < length(last.after))
    report(`${path}.end.after`, `must not be before the last step, ${last.after}`)
  const mails = steps.filter((step) => emailOf(step) !== null).length
  const extra = Math.max(
    0,
    ...Object.values(policy.byDecline).map((override) => override?.extra?.length ?? 0),
  )
  if (mails + extra > limits.perEpisode)
    report(`${path}.limits.perEpisode`, `must be at least ${mails + extra}: the steps send that many mails`)
  const restricting = steps.findLast((step) => restrictionOf(step) !== null)
  const { expect } = stripe
  if (
    restricting !== undefined &&
    expect.finalAction !== 'past_due' &&
    length(expect.retryWindow) < length(restricting.after)
  )
    report(
      `${path}.stripe.expect.retryWindow`,
      `ends before ${restricting.id}: Stripe will ${expect.finalAction} the subscription first`,
      'warning',
    )
}
