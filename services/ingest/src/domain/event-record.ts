import { eventHeaders, HEADER, partitionKeyOf, type RecordHeaders } from '@keyflow/contracts'
import type { Envelope } from './envelope.ts'

export interface Arrival {
  readonly endpoint: string
  /** The whole Stripe-Signature header. */
  readonly signature: string
  /** Unix milliseconds. */
  readonly receivedAt: number
}

/** Headers of the record of an event: CloudEvents in binary mode, so that the value stays what Stripe signed. */
export const recordHeaders = (envelope: Envelope, json: unknown, arrival: Arrival): RecordHeaders => ({
  ...eventHeaders(envelope, json),
  [HEADER.receivedAt]: String(arrival.receivedAt),
  [HEADER.endpoint]: arrival.endpoint,
  [HEADER.signature]: arrival.signature,
})

/** Kafka key: the customer, within account and mode. */
export const recordKey = (json: unknown): string => partitionKeyOf(json)
