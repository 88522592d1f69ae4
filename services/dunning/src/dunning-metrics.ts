import {
  DUNNING_EVENT_TYPES,
  DUNNING_OUTCOMES,
  type DunningEventType,
  NOTICE_TEMPLATES,
  RESTRICTION_LEVELS,
} from '@keyflow/contracts'
import { Counter, Gauge, Histogram, LATENCY_BUCKETS, type Registry } from '@keyflow/runtime'
import type { CaseCounts } from './adapters/case-counts.ts'
import type { Announced } from './domain/announce.ts'
import type { Settled } from './domain/settle-case.ts'
import { CASE_STATUSES } from './domain/standing.ts'
import type { Said, Taken } from './domain/take-steps.ts'

export interface DunningReadings {
  readonly counts: CaseCounts
  /** Unix milliseconds of what is due for the longest time; null = nothing is. */
  readonly oldestDueAt: number | null
  readonly openTasks: number
}

const LINK_OUTCOMES = ['owed', 'gone', 'settled', 'expired', 'forged', 'unavailable', 'limited'] as const

const LATENESS_BUCKETS = [0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 21_600, 86_400]
const DAYS = [0.1, 0.5, 1, 3, 7, 14, 30, 60].map((days) => days * 86_400)

/** Closed label sets, initialized to 0. Money is counted in minor units, by currency. */
export const createDunningMetrics = (
  registry: Registry,
  clock: () => Date,
  read: () => Promise<DunningReadings | null>,
) => {
  const registers = [registry]
  const events = new Counter({
    name: 'keyflow_dunning_events_total',
    help: 'Dunning events by type: what was said about cases.',
    labelNames: ['type'],
    registers,
  })
  for (const type of DUNNING_EVENT_TYPES) events.inc({ type }, 0)
  const opened = new Counter({
    name: 'keyflow_dunning_cases_opened_total',
    help: 'Cases opened, by policy.',
    labelNames: ['policy'],
    registers,
  })
  const closed = new Counter({
    name: 'keyflow_dunning_cases_closed_total',
    help: 'Cases closed, by outcome.',
    labelNames: ['outcome'],
    registers,
  })
  for (const outcome of DUNNING_OUTCOMES) closed.inc({ outcome }, 0)
  const money = (name: string, help: string) =>
    new Counter({ name, help, labelNames: ['currency'], registers })
  const atRisk = money('keyflow_dunning_at_risk_minor_total', 'Owed when cases opened, minor units.')
  const recovered = money(
    'keyflow_dunning_recovered_minor_total',
    'Owed in cases that recovered, minor units.',
  )
  const lost = money('keyflow_dunning_lost_minor_total', 'Owed in cases that closed unpaid, minor units.')
  const steps = new Counter({
    name: 'keyflow_dunning_step_runs_total',
    help: 'Steps by what became of them.',
    labelNames: ['kind', 'result'],
    registers,
  })
  for (const kind of ['mail', 'downgraded', 'suspended', 'task'])
    for (const result of ['done', 'superseded']) steps.inc({ kind, result }, 0)
  const links = new Counter({
    name: 'keyflow_dunning_payment_links_total',
    help: 'Payment links by what was done with them and what came of it.',
    labelNames: ['action', 'outcome'],
    registers,
  })
  for (const action of ['show', 'pay', 'card'])
    for (const outcome of LINK_OUTCOMES) links.inc({ action, outcome }, 0)
  const notices = new Counter({
    name: 'keyflow_dunning_notices_total',
    help: 'Mails asked for, by template.',
    labelNames: ['template'],
    registers,
  })
  for (const template of NOTICE_TEMPLATES) notices.inc({ template }, 0)
  const lateness = new Histogram({
    name: 'keyflow_dunning_step_lateness_seconds',
    help: 'From the time at which a step was due to the transaction that took it; test clocks apart.',
    buckets: LATENESS_BUCKETS,
    registers,
  })
  const restore = new Histogram({
    name: 'keyflow_dunning_acknowledge_seconds',
    help: 'From a restriction or restore being said to licensing having applied it.',
    buckets: LATENCY_BUCKETS,
    registers,
  })
  const timeToRecover = new Histogram({
    name: 'keyflow_dunning_time_to_recover_seconds',
    help: 'From the first failure to the payment.',
    buckets: DAYS,
    registers,
  })
  const counter = (name: string, help: string) => new Counter({ name, help, registers })
  const leasesLost = counter(
    'keyflow_dunning_lease_lost_total',
    'Leases that had run out when they were to be used.',
  )
  const prevented = counter(
    'keyflow_dunning_duplicate_step_prevented_total',
    'Steps that were about to be taken twice.',
  )
  const verifyFailed = counter(
    'keyflow_dunning_verify_failed_total',
    'Restrictions put off because Stripe did not answer.',
  )
  const harm = counter(
    'keyflow_dunning_paid_but_restricted_seconds_total',
    'Seconds for which paid cases were still restricted.',
  )
  createGauges(registry, clock, read)
  return {
    linkUsed: (action: string, outcome: (typeof LINK_OUTCOMES)[number]): void =>
      links.inc({ action, outcome }),
    said: (said: readonly Said[], before: Announced | null, settled: Settled): void => {
      for (const one of said) countSaid(one)
      const says = settled.announcement?.says
      if (says === undefined) return
      if (says.isOpen && before?.isOpen !== true) {
        opened.inc({ policy: settled.record.pinned?.id ?? 'unknown' })
        for (const [currency, minor] of Object.entries(says.outstanding)) atRisk.inc({ currency }, minor)
      }
      if (says.isOpen || says.outcome === null) return
      closed.inc({ outcome: says.outcome })
      const total = says.outcome === 'recovered' ? recovered : lost
      for (const [currency, minor] of Object.entries(before?.outstanding ?? {}))
        total.inc({ currency }, minor)
      if (says.outcome === 'recovered' && before?.anchorAt != null)
        timeToRecover.observe(Math.max(0, clock().getTime() / 1000 - before.anchorAt))
    },
    taken: ({ said, steps: taken, cases }: Taken, now: number): void => {
      for (const one of said) countSaid(one)
      for (const { caseId, run } of taken) {
        const kind = run.restrict?.level ?? (run.notice === null && run.result === 'done' ? 'task' : 'mail')
        steps.inc({ kind, result: run.result })
        const isWall = cases.find(({ facts }) => facts.id === caseId)?.facts.clock === null
        if (run.result === 'done' && isWall) lateness.observe(Math.max(0, now - run.dueAt) / 1000)
      }
    },
    acknowledged: (ms: number): void => restore.observe(ms / 1000),
    leasesLost: (count: number): void => leasesLost.inc(count),
    duplicatePrevented: (): void => prevented.inc(),
    verifyFailed: (): void => verifyFailed.inc(),
    paidButRestricted: (cases: number, seconds: number): void => harm.inc(cases * seconds),
  }

  function countSaid(one: Said): void {
    const type: DunningEventType = one.kind === 'change' ? one.announcement.type : 'dunning.notice_requested'
    events.inc({ type })
    if (one.kind === 'notice') notices.inc({ template: one.notice.template })
  }
}
export type DunningMetrics = ReturnType<typeof createDunningMetrics>

const createGauges = (
  registry: Registry,
  clock: () => Date,
  read: () => Promise<DunningReadings | null>,
): void => {
  const registers = [registry]
  const levels = new Gauge({
    name: 'keyflow_dunning_open_cases',
    help: 'Open cases by the restriction that holds.',
    labelNames: ['level'],
    registers,
  })
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers })
  const oldest = gauge(
    'keyflow_dunning_scheduler_oldest_due_seconds',
    'Age of what is due for the longest time; 0 = nothing is.',
  )
  const unacknowledged = gauge(
    'keyflow_dunning_command_unacked',
    'Restrictions and restores that licensing has not applied for a minute.',
  )
  const harmed = gauge(
    'keyflow_dunning_paid_but_restricted',
    'Paid cases that licensing still restricts. Target: 0.',
  )
  const tasks = gauge('keyflow_dunning_open_tasks', 'Tasks that wait for a person.')
  const cases = new Gauge({
    name: 'keyflow_dunning_cases',
    help: 'Cases by status.',
    labelNames: ['status'],
    registers,
    collect: async () => {
      const now = await read().catch(() => null)
      if (now === null) return
      for (const status of CASE_STATUSES) cases.set({ status }, now.counts.byStatus.get(status) ?? 0)
      for (const level of RESTRICTION_LEVELS) levels.set({ level }, now.counts.openByLevel.get(level) ?? 0)
      oldest.set(now.oldestDueAt === null ? 0 : Math.max(0, clock().getTime() - now.oldestDueAt) / 1000)
      unacknowledged.set(now.counts.unacknowledged)
      harmed.set(now.counts.paidButRestricted)
      tasks.set(now.openTasks)
    },
  })
  for (const status of CASE_STATUSES) cases.set({ status }, 0)
  for (const level of RESTRICTION_LEVELS) levels.set({ level }, 0)
}
