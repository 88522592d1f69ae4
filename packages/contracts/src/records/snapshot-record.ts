import { HEADER, type RecordHeaders, SNAPSHOT_TYPE_PREFIX } from './headers.ts'
import { type Scope, scopedId } from './scope.ts'

export interface Snapshot {
  /** `snap_…` */
  readonly id: string
  readonly scope: Scope
  /** Kind of object, as `readSnapshot` knows it. */
  readonly what: string
  /** Id of the object. */
  readonly subject: string
  /** Stripe's answer. */
  readonly body: string
  /** Unix seconds by Stripe's clock. */
  readonly askedAt: number
}

export interface SnapshotRecord {
  readonly topic: string
  readonly key: string
  readonly value: string
  readonly headers: RecordHeaders
}

/** An answer of Stripe's API as a record of `stripe.snapshots`; `carried`: trace and acceptance time of what asked. */
export const snapshotRecord = (
  topic: string,
  key: string,
  snapshot: Snapshot,
  carried: RecordHeaders = {},
): SnapshotRecord => ({
  topic,
  key,
  value: snapshot.body,
  headers: {
    ...carried,
    [HEADER.specVersion]: '1.0',
    [HEADER.id]: snapshot.id,
    [HEADER.source]: `keyflow/licensing/${scopedId(snapshot.scope, 'snapshots')}`,
    [HEADER.type]: `${SNAPSHOT_TYPE_PREFIX}${snapshot.what}`,
    [HEADER.subject]: snapshot.subject,
    [HEADER.time]: new Date(snapshot.askedAt * 1000).toISOString(),
    [HEADER.account]: snapshot.scope.account,
    [HEADER.livemode]: String(snapshot.scope.livemode),
    [HEADER.contentType]: 'application/json',
  },
})
