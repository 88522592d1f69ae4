import type { DunningNotice, NoticeTemplate } from '@keyflow/contracts'
import type { Announcement } from './announce.ts'
import type { StepRun } from './case-file.ts'
import type { CaseRecord, Surroundings } from './case-record.ts'
import type { Plan } from './plan.ts'
import type { PlannedStep, PlanTask } from './planned-step.ts'
import { type Rules, type Settled, settleCase } from './settle-case.ts'
import { type NoticeCase, noticeKey, writeNotice } from './write-notice.ts'

/** Something to be published for a case: what changed, or a mail that is wanted. */
export type Said =
  | {
      readonly kind: 'change'
      readonly record: CaseRecord
      readonly plan: Plan | null
      readonly announcement: Announcement
    }
  | {
      readonly kind: 'notice'
      readonly record: CaseRecord
      readonly plan: Plan
      readonly notice: DunningNotice
    }

export interface CustomerInHand {
  /** All cases of one customer. */
  readonly cases: readonly CaseRecord[]
  readonly around: Surroundings
  /** Ids of cases that Stripe has just been asked about. */
  readonly verified: ReadonlySet<string>
  /** Unix milliseconds: by the customer's clock, and by everybody's. */
  readonly now: number
  readonly wallNow: number
}

export interface TakenStep {
  readonly caseId: string
  readonly run: StepRun
}

export interface Taken {
  readonly cases: readonly CaseRecord[]
  readonly steps: readonly TakenStep[]
  readonly said: readonly Said[]
  readonly tasks: readonly { readonly caseId: string; readonly task: PlanTask }[]
  readonly lastMails: readonly number[]
  /** Unix milliseconds by the customer's clock; null = nothing to wait for. */
  readonly nextActionAt: number | null
  /** Cases with a restriction that is due, to be verified first: no harm is done before that. */
  readonly unverified: readonly string[]
}

export interface WhomToAsk {
  /** Cases with a restriction that is due. */
  readonly restricted: readonly string[]
  /** Cases about to be written to for the first time, of which nobody knows yet why the payment failed. */
  readonly unexplained: readonly string[]
}

/** Later templates say more: a mail for several cases is the most serious of them. */
const RANK: readonly NoticeTemplate[] = [
  'payment_recovered',
  'payment_failed',
  'payment_method_missing',
  'payment_action_required',
  'payment_reminder',
  'suspension_notice',
  'license_downgraded',
  'license_suspended',
]

const MAILS_KEPT = 20

interface Open extends NoticeCase {
  readonly due: readonly PlannedStep[]
}

/** Takes every step that is due for a customer. What several of their cases have to say goes into one mail. */
export const takeSteps = (input: CustomerInHand, rules: Rules): Taken => {
  const settled = input.cases.map((record) => settle(record, input, rules))
  const said: Said[] = settled.flatMap(saidOf)
  const open = settled.flatMap((one) => openOf(one, input.verified))
  const unverified = settled.flatMap(({ plan, record }) =>
    plan !== null && restrictsNow(plan) && !input.verified.has(record.facts.id) ? [record.facts.id] : [],
  )
  const acting = open.filter(({ due }) => due.length > 0)
  if (acting.length === 0) return result(settled, said, [], input.around.lastMails, unverified)
  const covers = acting.flatMap(({ record, due }) =>
    due
      .filter(({ email, state }) => email !== null && state === 'due')
      .map(({ key }) => ({ caseId: record.facts.id, step: key })),
  )
  const mail = covers.length === 0 ? null : noticeKey(covers)
  const lastMails =
    mail === null ? input.around.lastMails : [input.now, ...input.around.lastMails].slice(0, MAILS_KEPT)
  const around: Surroundings = { ...input.around, lastMails }
  const steps = acting.flatMap(({ record, due }) => runsOf(record, due, mail, input.now))
  const acted = new Map(
    acting.map((one) => [one.record.facts.id, act(one, steps, mail, around, input, rules)] as const),
  )
  const after = settled.map((one) => acted.get(one.record.facts.id) ?? one)
  for (const one of acted.values()) said.push(...saidOf(one))
  if (mail === null) return result(after, said, steps, lastMails, unverified)
  const lead = leadOf(acting)
  const cases = after.flatMap(({ record, plan }) =>
    plan === null || plan.status !== 'open' ? [] : [{ record, plan }],
  )
  const leading = cases.find(({ record }) => record.facts.id === lead.record.facts.id)
  if (leading === undefined) return result(after, said, steps, lastMails, unverified)
  const template = templateOf(lead)
  const numbered = { ...leading.record, seq: leading.record.seq + 1 }
  const notice = writeNotice(
    { template, key: mail, lead: leading, cases },
    rules.paymentUrl(numbered.facts.id),
    input.wallNow,
  )
  said.push({ kind: 'notice', record: numbered, plan: leading.plan, notice })
  return result(
    after.map((one) => (one.record.facts.id === numbered.facts.id ? { ...one, record: numbered } : one)),
    said,
    steps,
    lastMails,
    unverified,
  )
}

/** Whom to ask Stripe about before that: who is to be restricted, and who is written to for the first time. */
export const whomToAsk = (input: Omit<CustomerInHand, 'verified'>, rules: Rules): WhomToAsk => {
  const settled = input.cases.map((record) =>
    settleCase(record, input.around, rules, input.now, input.wallNow),
  )
  const open = settled.flatMap((one) => openOf(one, new Set()))
  return {
    restricted: settled.flatMap(({ plan, record }) =>
      plan !== null && restrictsNow(plan) ? [record.facts.id] : [],
    ),
    unexplained: open.filter(isUnexplained).map(({ record }) => record.facts.id),
  }
}

const settle = (record: CaseRecord, { around, now, wallNow }: CustomerInHand, rules: Rules): Settled =>
  settleCase(record, around, rules, now, wallNow)

export const saidOf = ({ record, plan, announcement }: Settled): readonly Said[] =>
  announcement === null ? [] : [{ kind: 'change', record, plan, announcement }]

const restrictsNow = ({ steps }: Plan): boolean =>
  steps.some(({ state, restrict }) => state === 'due' && restrict !== null)

const openOf = ({ record, plan }: Settled, verified: ReadonlySet<string>): readonly Open[] => {
  if (plan === null || plan.status !== 'open') return []
  const isSafe = verified.has(record.facts.id) || !restrictsNow(plan)
  const due = isSafe ? plan.steps.filter(({ state }) => state === 'due' || state === 'overtaken') : []
  return [{ record, plan, due }]
}

const runsOf = (
  { facts }: CaseRecord,
  due: readonly PlannedStep[],
  mail: string | null,
  now: number,
): readonly TakenStep[] =>
  due.map(({ key, step, invoice, state, restrict, email, at }) => ({
    caseId: facts.id,
    run: {
      key,
      invoice,
      step: step.id,
      at: now,
      dueAt: at ?? now,
      result: state === 'due' ? 'done' : 'superseded',
      restrict: state === 'due' ? restrict : null,
      notice: state === 'due' && email !== null ? mail : null,
    },
  }))

/** Records the steps, and the mail with the dates that follow from its being sent now. */
const act = (
  { record, due }: Open,
  steps: readonly TakenStep[],
  mail: string | null,
  around: Surroundings,
  input: CustomerInHand,
  rules: Rules,
): Settled => {
  const mine = steps.filter(({ caseId }) => caseId === record.facts.id)
  const ran: CaseRecord = {
    ...record,
    runs: { ...record.runs, ...Object.fromEntries(mine.map(({ run }) => [run.key, run])) },
  }
  const mailed = due.filter(({ email, state }) => email !== null && state === 'due')
  const [first] = mailed
  if (mail === null || first === undefined) return settle(ran, { ...input, around }, rules)
  // A mail that overtook others announces what they would have announced.
  const announced = [...new Set(due.flatMap(({ step }) => step.announces ?? []))]
  const draft = withNotice(ran, {
    id: mail,
    invoice: first.invoice,
    steps: mailed.map(({ key }) => key),
    announces: announced.map((step) => ({ step, level: 'downgraded' as const, at: 0 })),
    requestedAt: input.now,
    acceptedAt: null,
    refusedAt: null,
    failedAt: null,
  })
  const foreseen = settle(draft, { ...input, around }, rules).plan?.steps ?? []
  const announces = announced.flatMap((id) => {
    const found = foreseen.find(({ step, restrict }) => step.id === id && restrict !== null)
    return found === undefined || found.restrict === null || found.at === null
      ? []
      : [{ step: id, level: found.restrict.level, at: found.at }]
  })
  const notice = draft.notices[mail]
  if (notice === undefined) return settle(ran, { ...input, around }, rules)
  return settle(withNotice(ran, { ...notice, announces }), { ...input, around }, rules)
}

const withNotice = (record: CaseRecord, notice: CaseRecord['notices'][string]): CaseRecord => ({
  ...record,
  notices: { ...record.notices, [notice.id]: notice },
})

const rankOf = ({ due }: Open): number =>
  Math.max(
    -1,
    ...due.map(({ email, state }) => (email === null || state !== 'due' ? -1 : RANK.indexOf(email))),
  )

const leadOf = (acting: readonly Open[]): Open =>
  [...acting].sort(
    (a, b) => rankOf(b) - rankOf(a) || (a.record.facts.id < b.record.facts.id ? -1 : 1),
  )[0] as Open

const templateOf = (lead: Open): NoticeTemplate => RANK[rankOf(lead)] ?? 'payment_reminder'

const isUnexplained = ({ record, plan, due }: Open): boolean =>
  plan.subject.decline === 'unknown' &&
  due.some(({ email }) => email !== null) &&
  !Object.values(record.runs).some(({ invoice }) => invoice === plan.anchor?.invoice)

const result = (
  settled: readonly Settled[],
  said: readonly Said[],
  steps: readonly TakenStep[],
  lastMails: readonly number[],
  unverified: readonly string[],
): Taken => {
  const wakes = settled.flatMap(({ plan }) => plan?.nextActionAt ?? [])
  return {
    cases: settled.map(({ record }) => record),
    steps,
    said,
    tasks: settled.flatMap(({ record, plan }) =>
      [...(plan?.tasks ?? []), ...stepTasks(record, steps, plan)].map((task) => ({
        caseId: record.facts.id,
        task,
      })),
    ),
    lastMails,
    nextActionAt: wakes.length === 0 ? null : Math.min(...wakes),
    unverified,
  }
}

const stepTasks = (
  { facts }: CaseRecord,
  steps: readonly TakenStep[],
  plan: Plan | null,
): readonly PlanTask[] =>
  (plan?.steps ?? []).flatMap(({ key, task }) =>
    task !== null && steps.some(({ caseId, run }) => caseId === facts.id && run.key === key)
      ? [{ key, kind: 'step' as const, title: task }]
      : [],
  )
