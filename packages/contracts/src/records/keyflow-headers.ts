import { HEADER, KEYFLOW_TYPE_PREFIX, type RecordHeaders } from './headers.ts'
import type { Scope } from './scope.ts'

/** What the headers of one of Keyflow's own records say. */
export interface KeyflowRecordHead {
  readonly id: string
  /** Who wrote it, e.g. `keyflow/licensing/api`. */
  readonly source: string
  /** Without prefix and version, e.g. `license.issued`. */
  readonly type: string
  readonly subject: string
  /** ISO 8601 UTC. */
  readonly at: string
  /** Absent for what belongs to no account. */
  readonly scope?: Scope
}

/** CloudEvents attributes of a record whose value is JSON of ours, version 1 of its schema. */
export const keyflowHeaders = ({
  id,
  source,
  type,
  subject,
  at,
  scope,
}: KeyflowRecordHead): RecordHeaders => ({
  [HEADER.specVersion]: '1.0',
  [HEADER.id]: id,
  [HEADER.source]: source,
  [HEADER.type]: `${KEYFLOW_TYPE_PREFIX}${type}.v1`,
  [HEADER.subject]: subject,
  [HEADER.time]: at,
  ...(scope === undefined
    ? {}
    : { [HEADER.account]: scope.account, [HEADER.livemode]: String(scope.livemode) }),
  [HEADER.contentType]: 'application/json',
})
