import {
  type DunningEvent,
  HEADER,
  KEYFLOW_TYPE_PREFIX,
  type RecordHeaders,
  scopedId,
} from '@keyflow/contracts'
import type { OutboxEntry } from '@keyflow/runtime'
import type { CaseRecord } from '../domain/advance-case.ts'
import type { Announcement } from '../domain/announce.ts'

interface Context {
  readonly causes: readonly string[]
  readonly headers: RecordHeaders
  readonly at: Date
}

/** The record of one announcement; its id is the case and its fence, so a repeated publication is the same event. */
export const dunningEntry = (
  topic: string,
  { facts, seq, state }: CaseRecord,
  { type, says }: Announcement,
  { causes, headers, at }: Context,
): OutboxEntry => {
  const customer = state?.customer ?? null
  const event: DunningEvent = {
    id: `${facts.id}:${seq}`,
    type,
    schemaVersion: 1,
    at: at.toISOString(),
    account: facts.scope.account,
    livemode: facts.scope.livemode,
    caseId: facts.id,
    seq,
    customer,
    subscription: facts.subscription,
    anchorAt: says.anchorAt === null ? null : new Date(says.anchorAt * 1000).toISOString(),
    outstanding: { ...says.outstanding },
    invoices: [...says.invoices],
    outcome: says.outcome,
    cause: [...causes],
  }
  return {
    id: event.id,
    topic,
    key: scopedId(facts.scope, customer ?? facts.subscription),
    value: JSON.stringify(event),
    headers: {
      ...headers,
      [HEADER.specVersion]: '1.0',
      [HEADER.id]: event.id,
      [HEADER.source]: 'keyflow/dunning',
      [HEADER.type]: `${KEYFLOW_TYPE_PREFIX}${event.type}.v${event.schemaVersion}`,
      [HEADER.subject]: event.caseId,
      [HEADER.time]: event.at,
      [HEADER.account]: event.account,
      [HEADER.livemode]: String(event.livemode),
      [HEADER.contentType]: 'application/json',
    },
  }
}
