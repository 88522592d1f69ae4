import type { SnapshotRecord } from '../store/kinds.ts'

/** What happened. The snapshot is the internal record, so that each endpoint can have it in its own API version. */
export interface EventRecord {
  readonly object: 'event'
  readonly id: string
  readonly created: number
  readonly type: string
  /** Ids of the webhook endpoints that it is owed to. */
  readonly endpoints: readonly string[]
  readonly idempotency_key: string | null
  readonly request: string | null
  readonly snapshot: SnapshotRecord
  /** The record before the change; only `previous_attributes` is made from it. */
  readonly before: SnapshotRecord | null
}
