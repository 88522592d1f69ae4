import { HEADER, type LicenseEvent, readStripeRecord, scopedId } from '@keyflow/contracts'
import type { Decoded, IncomingRecord } from '@keyflow/runtime'
import { readLicenseEvent } from '../adapters/read-license-event.ts'
import { type ContactSource, contactSourcesIn } from '../domain/contact.ts'

/** What the notifier takes from a record: who a buyer is, or what happened to a license. */
export type NotifierItem =
  | { readonly kind: 'contacts'; readonly sources: readonly ContactSource[] }
  | {
      readonly kind: 'license'
      readonly event: LicenseEvent
      readonly refs: readonly string[]
      readonly receivedAt: number | null
    }

export interface NotifierTopics {
  readonly licenseEvents: string
  readonly dunningEvents: string
}

/** Total: an odd record becomes a dead letter, never an exception. */
export const createDecodeRecord =
  (topics: NotifierTopics) =>
  (record: IncomingRecord): Decoded<NotifierItem> => {
    if (record.topic === topics.licenseEvents) return decodeLicenseEvent(record)
    // Dunning mails come with dunning's timeline; until then its events are only counted.
    if (record.topic === topics.dunningEvents)
      return { kind: 'ignored', eventType: record.headers[HEADER.type] ?? 'dunning' }
    return decodeStripeRecord(record)
  }

const decodeLicenseEvent = (record: IncomingRecord): Decoded<NotifierItem> => {
  const read = readLicenseEvent(record.value ?? new Uint8Array())
  if (!read.ok) return { kind: 'dead', code: read.code, reason: read.reason }
  const { event } = read
  if (event.type === 'license.issued' && event.encryptedKey === undefined)
    return { kind: 'dead', code: 'key_missing', reason: 'an issued license without its encrypted key' }
  const receivedAt = Number(record.headers[HEADER.receivedAt])
  return {
    kind: 'item',
    id: `license:${event.id}`,
    eventType: event.type,
    item: {
      kind: 'license',
      event,
      refs: event.contactRefs.map((ref) => scopedId(event, ref)),
      receivedAt: Number.isFinite(receivedAt) && receivedAt > 0 ? receivedAt : null,
    },
  }
}

const decodeStripeRecord = (record: IncomingRecord): Decoded<NotifierItem> => {
  const read = readStripeRecord(record)
  if (!read.ok) return { kind: 'dead', code: read.problem.code, reason: read.problem.detail }
  const sources = contactSourcesIn(read.facts)
  return sources.length === 0
    ? { kind: 'ignored', eventType: read.type }
    : { kind: 'item', id: read.eventId, eventType: read.type, item: { kind: 'contacts', sources } }
}
