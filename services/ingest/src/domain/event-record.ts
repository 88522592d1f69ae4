import {
  HEADER,
  objectIdOf,
  partitionKeyOf,
  type RecordHeaders,
  STRIPE_TYPE_PREFIX,
  scopeMode,
} from '@keyflow/contracts'
import type { Envelope } from './envelope.ts'

export interface Arrival {
  readonly endpoint: string
  /** The whole Stripe-Signature header. */
  readonly signature: string
  /** Unix milliseconds. */
  readonly receivedAt: number
}

/** Headers of the record of an event: CloudEvents in binary mode, so that the value stays what Stripe signed. */
export const recordHeaders = (envelope: Envelope, json: unknown, arrival: Arrival): RecordHeaders => {
  const { scope, apiVersion } = envelope
  const subject = objectIdOf(json)
  const headers: Record<string, string> = {
    [HEADER.specVersion]: '1.0',
    [HEADER.id]: envelope.id,
    [HEADER.source]: `stripe:${scope.account}:${scopeMode(scope)}`,
    [HEADER.type]: STRIPE_TYPE_PREFIX + envelope.type,
    [HEADER.time]: new Date(envelope.created * 1000).toISOString(),
    [HEADER.contentType]: 'application/json',
    [HEADER.account]: scope.account,
    [HEADER.livemode]: String(scope.livemode),
    [HEADER.receivedAt]: String(arrival.receivedAt),
    [HEADER.endpoint]: arrival.endpoint,
    [HEADER.signature]: arrival.signature,
  }
  if (subject !== null) headers[HEADER.subject] = subject
  if (apiVersion !== null) headers[HEADER.apiVersion] = apiVersion
  return headers
}

/** Kafka key: the customer, within account and mode. */
export const recordKey = (json: unknown): string => partitionKeyOf(json)
