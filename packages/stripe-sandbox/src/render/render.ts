import type { JsonObject } from '../json.ts'
import type { SnapshotRecord } from '../store/kinds.ts'
import { newest } from './newest/newest.ts'
import { preBasil } from './pre-basil/pre-basil.ts'
import type { Shape } from './versions.ts'

const renderers = { newest, 'pre-basil': preBasil } as const

/** The JSON of a record in one of the two shapes. */
export const render = (record: SnapshotRecord, shape: Shape): JsonObject => {
  const one = renderers[shape][record.object] as (record: SnapshotRecord) => JsonObject
  return one(record)
}
