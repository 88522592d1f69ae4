import { REDRIVE_HEADER } from '@keyflow/contracts'
import type { ClientSession } from 'mongodb'
import type { Store } from '../mongo/client.ts'
import type { Claimed } from './claims.ts'
import { DEAD_LETTERS, type DeadLetterRow } from './dead-letters.ts'
import type { Prepared } from './run-batch.ts'

/** Records of a batch that were published again because this service had given them up. */
export interface Redriven {
  /** Their ids: they are claimed by the record that was given up, and are to be applied all the same. */
  readonly ids: ReadonlySet<string>
  /** The letters that they came from. */
  readonly letters: readonly string[]
}

const NONE: Redriven = { ids: new Set(), letters: [] }

/**
 * A record that is given up keeps its claim, or its redelivery would be tried for ever. When it is published again the
 * claim must not be in its way; but only here, where it was given up: the other services have applied it back then.
 */
export const findRedriven = async <T>(
  store: Store,
  session: ClientSession,
  batch: readonly Prepared<T>[],
  claimed: ReadonlyMap<string, Claimed>,
): Promise<Redriven> => {
  const again = batch.flatMap(({ record, decoded }) => {
    const of = record.headers[REDRIVE_HEADER.of]
    return of === undefined ? [] : [{ of, id: decoded.kind === 'dead' ? undefined : decoded.id }]
  })
  if (again.length === 0) return NONE
  const rows = await store.db
    .collection<DeadLetterRow>(DEAD_LETTERS.name)
    .find({ _id: { $in: again.map(({ of }) => of) } }, { session, projection: { _id: 1 } })
    .toArray()
  const given = new Set(rows.map(({ _id }) => _id))
  const ids = again.flatMap(({ of, id }) =>
    id !== undefined && given.has(of) && claimed.get(id)?.origin === of ? [id] : [],
  )
  return { ids: new Set(ids), letters: [...given] }
}

/** In a rebuild nobody redrives: that the record comes again is how it is known. */
export const markRedriven = async (
  store: Store,
  session: ClientSession,
  letters: readonly string[],
): Promise<void> => {
  if (letters.length === 0) return
  await store.db
    .collection<DeadLetterRow>(DEAD_LETTERS.name)
    .updateMany({ _id: { $in: [...letters] } }, { $set: { state: 'redriven' } }, { session })
}
