import { HEADER, type RecordHeaders, SNAPSHOT_TYPE_PREFIX } from '../records/headers.ts'
import type { ReadResult } from './read-result.ts'
import { readSnapshot } from './read-snapshot.ts'
import { readStripeEvent } from './read-stripe.ts'

/** Facts of a record of `stripe.events` or `stripe.snapshots`, told apart by its headers. Total. */
export const readStripeRecord = (record: {
  readonly headers: RecordHeaders
  readonly value: Uint8Array | null
}): ReadResult => {
  const { headers } = record
  const value = record.value ?? new Uint8Array()
  const type = headers[HEADER.type] ?? ''
  if (!type.startsWith(SNAPSHOT_TYPE_PREFIX)) return readStripeEvent(value)
  return readSnapshot(
    {
      type,
      account: headers[HEADER.account] ?? '',
      livemode: headers[HEADER.livemode] === 'true',
      askedAt: Math.floor(Date.parse(headers[HEADER.time] ?? '') / 1000),
      id: headers[HEADER.id] ?? '',
      subject: headers[HEADER.subject] ?? '',
    },
    value,
  )
}
