import {
  DunningOperation,
  type Fact,
  LicenseEvent,
  MailEvent,
  type ReadResult,
  RestrictionApplied,
  readStripeRecord,
  scopedId,
  TOPICS,
} from '@keyflow/contracts'
import { type Decoded, type IncomingRecord, jsonOf, WRONG_SHAPE } from '@keyflow/runtime'
import { Compile } from 'typebox/compile'
import { type CaseFacts, caseFactsIn, noFacts } from '../domain/case-facts.ts'
import { type CustomerFacts, customerFactsIn } from '../domain/customer-profile.ts'

/** What dunning takes from a record. */
export type DunningItem =
  | {
      readonly kind: 'facts'
      readonly cases: readonly CaseFacts[]
      readonly customers: readonly CustomerFacts[]
      /** Scoped ids of test clocks, and how far they have come: unix milliseconds. */
      readonly clocks: ReadonlyMap<string, number>
    }
  | { readonly kind: 'mail'; readonly event: MailEvent }
  | { readonly kind: 'applied'; readonly event: RestrictionApplied }
  | { readonly kind: 'decision'; readonly caseId: string; readonly operation: DunningOperation }

const dunningOperation = Compile(DunningOperation)
const mailEvent = Compile(MailEvent)
const licenseEvent = Compile(LicenseEvent)
const restrictionApplied = Compile(RestrictionApplied)

/** Record of any topic -> what cases depend on. Total: an odd record becomes a dead letter, never an exception. */
export const decodeRecord = (record: IncomingRecord): Decoded<DunningItem> => {
  if (record.topic.endsWith(TOPICS.mailEvents.name)) return decodeMail(record)
  if (record.topic.endsWith(TOPICS.dunningOperations.name)) return decodeOperation(record)
  if (record.topic.endsWith(TOPICS.licenseAcks.name)) return decodeApplied(record)
  if (record.topic.endsWith(TOPICS.licenseEvents.name)) return decodeLicense(record)
  return decodeStripe(readStripeRecord(record))
}

const decodeStripe = (read: ReadResult): Decoded<DunningItem> => {
  if (!read.ok) return { kind: 'dead', code: read.problem.code, reason: read.problem.detail }
  const cases = caseFactsIn(read.facts)
  const customers = customerFactsIn(read.facts)
  const clocks = clocksIn(read.facts)
  return cases.length + customers.length + clocks.size === 0
    ? { kind: 'ignored', eventType: read.type }
    : {
        kind: 'item',
        id: read.eventId,
        eventType: read.type,
        item: { kind: 'facts', cases, customers, clocks },
      }
}

/** A clock that is still advancing has not yet told what happened on the way. */
const clocksIn = (facts: readonly Fact[]): ReadonlyMap<string, number> =>
  new Map(
    facts.flatMap((fact): readonly (readonly [string, number])[] =>
      fact.kind === 'test_clock' && fact.state.status === 'ready'
        ? [[scopedId(fact.observed.scope, fact.state.id), fact.state.frozenTime * 1000]]
        : [],
    ),
  )

const decodeMail = (record: IncomingRecord): Decoded<DunningItem> => {
  const event = jsonOf(record)
  if (!mailEvent.Check(event)) return WRONG_SHAPE
  if (event.notice === null) return { kind: 'ignored', eventType: event.type }
  return { kind: 'item', id: `mail:${event.id}`, eventType: event.type, item: { kind: 'mail', event } }
}

const decodeOperation = (record: IncomingRecord): Decoded<DunningItem> => {
  const operation = jsonOf(record)
  if (!dunningOperation.Check(operation) || !hasRealDates(operation)) return WRONG_SHAPE
  const { account, livemode, subscription, action } = operation
  return {
    kind: 'item',
    id: operation.id,
    eventType: `dunning.operation.${action.kind}`,
    item: { kind: 'decision', caseId: scopedId({ account, livemode }, subscription), operation },
  }
}

/** The shape of a date is not yet a date: there is no 31st of February. */
const hasRealDates = ({ at, action }: DunningOperation): boolean =>
  !Number.isNaN(Date.parse(at)) && (action.kind !== 'pause' || !Number.isNaN(Date.parse(action.until)))

const decodeApplied = (record: IncomingRecord): Decoded<DunningItem> => {
  const event = jsonOf(record)
  if (!restrictionApplied.Check(event)) return WRONG_SHAPE
  return { kind: 'item', id: event.id, eventType: 'license.applied', item: { kind: 'applied', event } }
}

/** Policies may be chosen by tier; nothing else of a license matters here. */
const decodeLicense = (record: IncomingRecord): Decoded<DunningItem> => {
  const event = jsonOf(record)
  if (!licenseEvent.Check(event)) return WRONG_SHAPE
  if (event.subscription === null) return { kind: 'ignored', eventType: event.type }
  const scope = { account: event.account, livemode: event.livemode }
  const tiers = { [event.licenseId]: { version: event.licenseVersion, tier: event.after.tier } }
  const facts = { ...noFacts(scope, event.subscription), tiers }
  return {
    kind: 'item',
    id: `license:${event.id}`,
    eventType: event.type,
    item: { kind: 'facts', cases: [facts], customers: [], clocks: new Map() },
  }
}
