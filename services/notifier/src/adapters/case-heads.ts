import type { CollectionSpec, Store } from '@keyflow/runtime'
import type { ClientSession, Collection } from 'mongodb'
import { type CaseHead, UNKNOWN_CASE } from '../domain/case-head.ts'

interface HeadRow extends CaseHead {
  /** Scoped case id. */
  _id: string
  schemaVersion: 1
}

/** How each dunning case stands: the check at send time reads it. */
export const CASE_HEADS: CollectionSpec = {
  name: 'case_heads',
  schema: { bsonType: 'object', required: ['_id', 'schemaVersion', 'seq', 'isOpen', 'level', 'noticeSeq'] },
}

const rowsOf = (store: Store): Collection<HeadRow> => store.db.collection<HeadRow>(CASE_HEADS.name)

export const loadHeads = async (
  store: Store,
  session: ClientSession,
  ids: readonly string[],
): Promise<Map<string, CaseHead>> => {
  if (ids.length === 0) return new Map()
  const found = await rowsOf(store)
    .find({ _id: { $in: [...ids] } }, { session })
    .toArray()
  const known = new Map(
    found.map(({ _id, seq, isOpen, level, noticeSeq }) => [_id, { seq, isOpen, level, noticeSeq }]),
  )
  return new Map(ids.map((id) => [id, known.get(id) ?? UNKNOWN_CASE]))
}

export const saveHeads = async (
  store: Store,
  session: ClientSession,
  heads: ReadonlyMap<string, CaseHead>,
): Promise<void> => {
  if (heads.size === 0) return
  await rowsOf(store).bulkWrite(
    [...heads].map(([id, head]) => ({
      replaceOne: {
        filter: { _id: id },
        replacement: { schemaVersion: 1 as const, ...head },
        upsert: true,
      },
    })),
    { session },
  )
}
