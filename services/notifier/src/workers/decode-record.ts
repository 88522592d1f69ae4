import {
  type DunningEvent,
  HEADER,
  type LicenseEvent,
  type LicenseOperation,
  readOccasion,
  readStripeRecord,
  SNAPSHOT_TYPE_PREFIX,
  scopedId,
} from '@keyflow/contracts'
import type { Decoded, IncomingRecord } from '@keyflow/runtime'
import { readDunningEvent, readLicenseEvent, readLicenseOperation } from '../adapters/read-event.ts'
import { type ContactSource, contactSourcesIn } from '../domain/contact.ts'
import { mailFromOccasion, mailsFromFacts, type OrderedMail } from '../domain/occasion.ts'

/** What the notifier takes from a record: who a buyer is, what happened to a license, how a case stands, what to send. */
export type NotifierItem =
  | {
      readonly kind: 'contacts'
      readonly sources: readonly ContactSource[]
      readonly orders: readonly OrderedMail[]
      readonly receivedAt: number | null
    }
  | {
      readonly kind: 'license'
      readonly event: LicenseEvent
      readonly refs: readonly string[]
      readonly receivedAt: number | null
    }
  | {
      readonly kind: 'case'
      readonly event: DunningEvent
      readonly key: string | null
      readonly receivedAt: number | null
    }

  /** Whom the seller named for a license; `contact` is sealed. */
  | {
      readonly kind: 'grant'
      readonly operation: LicenseOperation
      readonly customer: string | null
      readonly contact: string
      readonly receivedAt: null
    }

export interface NotifierTopics {
  readonly licenseEvents: string
  readonly dunningEvents: string
  readonly licenseOperations: string
}

/** Total: an odd record becomes a dead letter, never an exception. */
export const createDecodeRecord =
  (topics: NotifierTopics) =>
  (record: IncomingRecord): Decoded<NotifierItem> => {
    if (record.topic === topics.licenseEvents) return decodeLicenseEvent(record)
    if (record.topic === topics.dunningEvents) return decodeDunningEvent(record)
    if (record.topic === topics.licenseOperations) return decodeOperation(record)
    return decodeStripeRecord(record)
  }

/** Of what no webhook began, when it was written. */
const receivedAtOf = ({ headers, timestamp }: IncomingRecord): number | null => {
  const receivedAt = Number(headers[HEADER.receivedAt])
  if (Number.isFinite(receivedAt) && receivedAt > 0) return receivedAt
  return timestamp > 0 ? timestamp : null
}

const decodeLicenseEvent = (record: IncomingRecord): Decoded<NotifierItem> => {
  const read = readLicenseEvent(record.value ?? new Uint8Array())
  if (!read.ok) return { kind: 'dead', code: read.code, reason: read.reason }
  const { event } = read
  if (event.type === 'license.issued' && event.encryptedKey === undefined)
    return { kind: 'dead', code: 'key_missing', reason: 'an issued license without its encrypted key' }
  const refs = event.contactRefs.map((ref) => scopedId(event, ref))
  const item = { kind: 'license' as const, event, refs, receivedAt: receivedAtOf(record) }
  return { kind: 'item', id: `license:${event.id}`, eventType: event.type, item }
}

const decodeDunningEvent = (record: IncomingRecord): Decoded<NotifierItem> => {
  const read = readDunningEvent(record.value ?? new Uint8Array())
  if (!read.ok) return { kind: 'dead', code: read.code, reason: read.reason }
  const { event } = read
  const item = { kind: 'case' as const, event, key: record.key, receivedAt: receivedAtOf(record) }
  return { kind: 'item', id: `dunning:${event.id}`, eventType: event.type, item }
}

const decodeOperation = (record: IncomingRecord): Decoded<NotifierItem> => {
  const read = readLicenseOperation(record.value ?? new Uint8Array())
  if (!read.ok) return { kind: 'dead', code: read.code, reason: read.reason }
  const { event: operation } = read
  const { action } = operation
  const eventType = `operation.${action.kind}`
  if (action.kind !== 'create' || action.contact === null) return { kind: 'ignored', eventType }
  const { contact, customer } = action
  const item = { kind: 'grant' as const, operation, customer, contact, receivedAt: null }
  return { kind: 'item', id: `operation:${operation.id}`, eventType, item }
}

const decodeStripeRecord = (record: IncomingRecord): Decoded<NotifierItem> => {
  const read = readStripeRecord(record)
  if (!read.ok) return { kind: 'dead', code: read.problem.code, reason: read.problem.detail }
  const sources = contactSourcesIn(read.facts)
  const isSnapshot = record.headers[HEADER.type]?.startsWith(SNAPSHOT_TYPE_PREFIX) === true
  const occasion = isSnapshot ? null : readOccasion(record.value ?? new Uint8Array())
  const orders = [
    ...(isSnapshot ? [] : mailsFromFacts(read.type, read.facts)),
    ...(occasion === null ? [] : [mailFromOccasion(occasion)]),
  ]
  if (sources.length + orders.length === 0) return { kind: 'ignored', eventType: read.type }
  const item = { kind: 'contacts' as const, sources, orders, receivedAt: receivedAtOf(record) }
  return { kind: 'item', id: read.eventId, eventType: read.type, item }
}
