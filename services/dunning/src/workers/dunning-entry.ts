import {
  type DunningEvent,
  type DunningMemory,
  keyflowHeaders,
  type RecordHeaders,
  scopedId,
} from '@keyflow/contracts'
import type { OutboxEntry } from '@keyflow/runtime'
import type { Announced } from '../domain/announce.ts'
import type { CaseRecord } from '../domain/case-record.ts'
import type { Rules } from '../domain/settle-case.ts'
import type { Said } from '../domain/take-steps.ts'
import { billingNotice } from '../domain/write-notice.ts'

export interface EntryContext {
  readonly topic: string
  readonly rules: Rules
  readonly causes: readonly string[]
  readonly headers: RecordHeaders
  /** Unix milliseconds, by the clock of the case. */
  readonly now: number
  /** What was done along with it. */
  readonly memory?: readonly DunningMemory[]
}

/** The record of what is said; its id is the case and its fence, so a repeated publication is the same event. */
export const dunningEntry = (said: Said, context: EntryContext): OutboxEntry => {
  const { record, plan } = said
  const billing = billingNotice(plan, context.rules.paymentUrl(record.facts.id))
  return said.kind === 'change'
    ? entryOf(record, said.announcement.says, context, { type: said.announcement.type, billing })
    : entryOf(record, record.announced ?? SILENT, context, {
        type: 'dunning.notice_requested',
        billing,
        notice: said.notice,
      })
}

/** Licensing has not answered: the same restriction once more, under the next fence. */
export const repeatEntry = (record: CaseRecord, context: EntryContext): OutboxEntry =>
  entryOf(record, record.announced ?? SILENT, context, {
    type: record.announced?.isOpen === true ? 'dunning.case_updated' : 'dunning.case_closed',
  })

const SILENT: Announced = {
  isOpen: false,
  outcome: null,
  anchorAt: null,
  outstanding: {},
  invoices: [],
  level: null,
  tier: null,
}

const entryOf = (
  { facts, seq, state }: CaseRecord,
  says: Announced,
  { topic, causes, headers, now, memory = [] }: EntryContext,
  more: Pick<DunningEvent, 'type' | 'billing' | 'notice'>,
): OutboxEntry => {
  const customer = state?.customer ?? null
  const event: DunningEvent = {
    id: `${facts.id}:${seq}`,
    schemaVersion: 1,
    at: new Date(now).toISOString(),
    account: facts.scope.account,
    livemode: facts.scope.livemode,
    caseId: facts.id,
    seq,
    customer,
    subscription: facts.subscription,
    anchorAt: says.anchorAt === null ? null : new Date(says.anchorAt * 1000).toISOString(),
    outstanding: { ...says.outstanding },
    invoices: [...says.invoices],
    ...(says.level === null ? {} : { restriction: { level: says.level, tier: says.tier } }),
    outcome: says.outcome,
    cause: [...causes],
    ...more,
    ...(memory.length === 0 ? {} : { memory: [...memory] }),
  }
  return {
    id: event.id,
    topic,
    key: scopedId(facts.scope, customer ?? facts.subscription),
    value: JSON.stringify(event),
    headers: {
      ...headers,
      ...keyflowHeaders({
        id: event.id,
        source: 'keyflow/dunning',
        type: event.type,
        subject: event.caseId,
        at: event.at,
        scope: facts.scope,
      }),
    },
  }
}
