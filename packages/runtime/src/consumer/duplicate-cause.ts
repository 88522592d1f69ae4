import { FROM_EVENTS_API, HEADER, REDRIVE_HEADER, STRIPE_TYPE_PREFIX } from '@keyflow/contracts'
import { type IncomingRecord, originOf } from '../kafka/records.ts'
import type { Claimed } from './claims.ts'

/** Why a record came that is applied already; the values of a metric's label. */
export const DUPLICATE_CAUSES = [
  'stripe_retry',
  'endpoint_overlap',
  'kafka_redelivery',
  'manual_resend',
  'replay',
  'republished',
] as const
export type DuplicateCause = (typeof DUPLICATE_CAUSES)[number]

/** Stripe retries by itself for three days; what comes later somebody sent again by hand. */
const RETRIES_END_MS = 3 * 86_400_000

/** `earlier`: what claimed the id; undefined when it is a record of the same batch. */
export const causeOfDuplicate = (record: IncomingRecord, earlier: Claimed | undefined): DuplicateCause => {
  if (earlier?.origin === originOf(record)) return 'kafka_redelivery'
  const { headers } = record
  if (headers[HEADER.obtained] === FROM_EVENTS_API || headers[REDRIVE_HEADER.of] !== undefined)
    return 'replay'
  if (headers[HEADER.type]?.startsWith(STRIPE_TYPE_PREFIX) !== true) return 'republished'
  const endpoint = headers[HEADER.endpoint]
  if (endpoint !== undefined && earlier?.endpoint !== undefined && endpoint !== earlier.endpoint)
    return 'endpoint_overlap'
  const age = Number(headers[HEADER.receivedAt]) - Date.parse(headers[HEADER.time] ?? '')
  return age > RETRIES_END_MS ? 'manual_resend' : 'stripe_retry'
}
