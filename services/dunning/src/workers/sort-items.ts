import { HEADER, type RecordHeaders } from '@keyflow/contracts'
import type { BatchItem } from '@keyflow/runtime'
import type { CaseRecord } from '../domain/case-record.ts'
import type { CustomerFacts } from '../domain/customer-profile.ts'
import { foldDecision } from '../domain/decide.ts'
import { foldFacts } from '../domain/fold-facts.ts'
import { reportNotice } from '../domain/notice.ts'
import type { DunningItem } from './decode-record.ts'

/** What a batch is about. */
export interface Inbox {
  readonly caseIds: readonly string[]
  /** Cases that mails were asked for; the same mail may speak for others of their customer. */
  readonly mailCases: readonly string[]
  readonly customers: ReadonlyMap<string, readonly CustomerFacts[]>
  /** Scoped ids of test clocks, and how far they have come: unix milliseconds. */
  readonly clocks: ReadonlyMap<string, number>
  /** Items that told of customers or clocks: they are never idle. */
  readonly otherCauses: ReadonlySet<string>
}

/** A case as the batch leaves it; without causes nothing of it changed. */
export interface TouchedCase {
  record: CaseRecord
  /** As it was read; 0 = new. */
  readonly version: number
  readonly before: CaseRecord['announced']
  causes: readonly string[]
  /** Trace and time of the webhook of the last item that was folded in. */
  headers: RecordHeaders
  /** How long licensing took to apply a restriction. */
  latencyMs: number | null
}

type Item = BatchItem<DunningItem>

export const sortItems = (items: readonly Item[]): Inbox => {
  const caseIds = new Set<string>()
  const mailCases = new Set<string>()
  const customers = new Map<string, CustomerFacts[]>()
  const clocks = new Map<string, number>()
  const otherCauses = new Set<string>()
  for (const { id, item } of items)
    if (item.kind === 'facts') {
      for (const facts of item.cases) caseIds.add(facts.id)
      for (const facts of item.customers) {
        customers.set(facts.id, [...(customers.get(facts.id) ?? []), facts])
        otherCauses.add(id)
      }
      for (const [clock, at] of item.clocks) {
        clocks.set(clock, Math.max(clocks.get(clock) ?? 0, at))
        otherCauses.add(id)
      }
    } else if (item.kind === 'applied') caseIds.add(item.event.caseId)
    else if (item.kind === 'decision') caseIds.add(item.caseId)
    else if (item.event.notice !== null) {
      caseIds.add(item.event.notice.caseId)
      mailCases.add(item.event.notice.caseId)
    }
  return { caseIds: [...caseIds], mailCases: [...mailCases], customers, clocks, otherCauses }
}

/** Folds one item into the cases that it is about. */
export const foldItem = (touched: Map<string, TouchedCase>, one: Item): void => {
  const { item } = one
  if (item.kind === 'facts') {
    for (const facts of item.cases) {
      const known = touched.get(facts.id)
      const folded = foldFacts(known?.record, facts)
      if (folded !== null) note(touched, folded, one)
    }
    return
  }
  if (item.kind === 'decision') {
    const decided = foldDecision(touched.get(item.caseId)?.record, item.operation)
    if (decided !== undefined) note(touched, decided, one)
    return
  }
  if (item.kind === 'applied') {
    const known = touched.get(item.event.caseId)
    if (known === undefined || item.event.seq <= (known.record.applied?.seq ?? 0)) return
    const { seq, level } = item.event
    const at = Date.parse(item.event.at)
    const { wanted } = known.record
    note(touched, { ...known.record, applied: { seq, level, at } }, one)
    if (wanted !== null && seq >= wanted.seq) known.latencyMs = Math.max(0, at - wanted.at)
    return
  }
  const { event } = item
  for (const { record } of touched.values()) {
    const notice = record.notices[event.notice?.key ?? '']
    if (notice === undefined) continue
    // On a test clock a mail is taken in the instant at which it was asked for: that clock stands still meanwhile.
    const at = record.facts.clock === null ? Date.parse(event.at) : notice.requestedAt
    const reported = reportNotice(notice, event.type, at)
    if (reported !== notice)
      note(touched, { ...record, notices: { ...record.notices, [notice.id]: reported } }, one)
  }
}

const note = (
  touched: Map<string, TouchedCase>,
  record: CaseRecord,
  { id, record: from, trace }: Item,
): void => {
  const receivedAt = from.headers[HEADER.receivedAt]
  const headers = { ...trace, ...(receivedAt === undefined ? {} : { [HEADER.receivedAt]: receivedAt }) }
  const known = touched.get(record.facts.id)
  if (known === undefined) {
    touched.set(record.facts.id, { record, version: 0, before: null, causes: [id], headers, latencyMs: null })
    return
  }
  known.record = record
  known.causes = [...known.causes, id]
  known.headers = headers
}
