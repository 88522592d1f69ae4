import type { DunningEvent, DunningMemory } from '@keyflow/contracts'
import type { Announced } from './announce.ts'
import type { StepRun } from './case-file.ts'
import type { CaseRecord } from './case-record.ts'
import type { Notice } from './notice.ts'
import type { Taken } from './take-steps.ts'

/** What has to be in the log for the steps that were taken to be known again; rides on what was said of them. */
export const memoryOf = ({ cases, steps }: Pick<Taken, 'cases' | 'steps'>): readonly DunningMemory[] =>
  cases.flatMap(({ facts, pinned, notices }) => {
    const runs = steps.filter(({ caseId }) => caseId === facts.id).map(({ run }) => run)
    const notice = notices[runs.find((run) => run.notice !== null)?.notice ?? '']
    return runs.length === 0
      ? []
      : [{ caseId: facts.id, policy: pinned, runs, notice: notice === undefined ? null : askedFor(notice) }]
  })

const askedFor = ({ id, invoice, steps, announces, requestedAt }: Notice): DunningMemory['notice'] => ({
  id,
  invoice,
  steps: [...steps],
  announces: [...announces],
  requestedAt,
})

/** What the log says that dunning did and said about a case. */
export interface Recalled
  extends Pick<CaseRecord, 'runs' | 'notices' | 'announced' | 'seq' | 'pinned' | 'wanted'> {
  readonly id: string
  readonly account: string
  readonly livemode: boolean
  readonly subscription: string
  /** Scoped id of the customer (else of the subscription), and when they were written to; newest first. */
  readonly customer: string | null
  readonly mailedAt: readonly number[]
}

/**
 * Adds an event to what is recalled, by case. `publishedAt`: unix milliseconds, by everybody's clock. Any order and any
 * repetitions give the same.
 */
export const recall = (known: Map<string, Recalled>, event: DunningEvent, publishedAt: number): void => {
  const before = known.get(event.caseId) ?? blank(event)
  const isNewer = event.seq > before.seq
  const wanted =
    event.restriction !== undefined && event.seq > (before.wanted?.seq ?? 0)
      ? { seq: event.seq, level: event.restriction.level, at: publishedAt }
      : before.wanted
  const mailedAt =
    event.notice === undefined
      ? before.mailedAt
      : [...new Set([Date.parse(event.at), ...before.mailedAt])].sort((a, b) => b - a)
  known.set(event.caseId, {
    ...before,
    seq: Math.max(before.seq, event.seq),
    announced: isNewer ? announcedBy(event) : before.announced,
    customer: isNewer ? event.customer : before.customer,
    wanted,
    mailedAt,
  })
  for (const memory of event.memory ?? []) remember(known, event, memory)
}

const blank = ({ caseId, account, livemode, subscription }: DunningEvent): Recalled => ({
  id: caseId,
  account,
  livemode,
  subscription,
  customer: null,
  mailedAt: [],
  runs: {},
  notices: {},
  announced: null,
  seq: 0,
  pinned: null,
  wanted: null,
})

/** One mail may speak for several cases of a customer, of which some said nothing themselves. */
const remember = (known: Map<string, Recalled>, event: DunningEvent, memory: DunningMemory): void => {
  const { caseId } = memory
  const before =
    known.get(caseId) ?? blank({ ...event, caseId, subscription: caseId.slice(caseId.lastIndexOf(':') + 1) })
  const latest = (runs: Readonly<Record<string, StepRun>>): number =>
    Math.max(0, ...Object.values(runs).map(({ at }) => at))
  const runs: Record<string, StepRun> = { ...before.runs }
  for (const run of memory.runs) runs[run.key] = run
  const { notice } = memory
  known.set(caseId, {
    ...before,
    runs,
    notices:
      notice === null || (before.notices[notice.id]?.requestedAt ?? 0) >= notice.requestedAt
        ? before.notices
        : {
            ...before.notices,
            [notice.id]: { ...notice, acceptedAt: null, refusedAt: null, failedAt: null },
          },
    pinned: latest(runs) >= latest(before.runs) && memory.policy !== null ? memory.policy : before.pinned,
  })
}

const announcedBy = (event: DunningEvent): Announced => ({
  isOpen: event.outcome === null && event.invoices.length > 0,
  outcome: event.outcome,
  anchorAt: event.anchorAt === null ? null : Date.parse(event.anchorAt) / 1000,
  outstanding: event.outstanding,
  invoices: event.invoices,
  level: event.restriction?.level ?? null,
  tier: event.restriction?.tier ?? null,
})

/** The case as it was folded, with what the log says of dunning's own doing. */
export const withMemory = (record: CaseRecord, recalled: Recalled): CaseRecord => ({
  ...record,
  runs: recalled.runs,
  notices: record.facts.clock === null ? recalled.notices : mapValues(recalled.notices, onStandingClock),
  announced: recalled.announced,
  seq: recalled.seq,
  pinned: recalled.pinned ?? record.pinned,
  wanted: recalled.wanted,
})

/** A test clock stands still while a mail is on its way: what became of it became so in the instant it was asked for. */
const onStandingClock = (notice: Notice): Notice => {
  const then = (at: number | null): number | null => (at === null ? null : notice.requestedAt)
  const { acceptedAt, refusedAt, failedAt } = notice
  return { ...notice, acceptedAt: then(acceptedAt), refusedAt: then(refusedAt), failedAt: then(failedAt) }
}

const mapValues = <V>(
  record: Readonly<Record<string, V>>,
  to: (value: V) => V,
): Readonly<Record<string, V>> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, to(value)]))
