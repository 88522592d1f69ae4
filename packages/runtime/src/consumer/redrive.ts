import { REDRIVE_HEADER } from '@keyflow/contracts'
import type { Filter } from 'mongodb'
import type { RecordPublisher } from '../kafka/records.ts'
import type { Store } from '../mongo/client.ts'
import type { PersonalVault } from '../personal/personal-vault.ts'
import { DEAD_LETTERS, type DeadLetterRow, openLetter } from './dead-letters.ts'

/** Which letters; what is absent does not matter. */
export interface LetterFilter {
  readonly ids?: readonly string[]
  readonly code?: string
  /** Part of the reason. */
  readonly reason?: string
  /** Topic that the record came from, in full or without the installation's prefix. */
  readonly topic?: string
  readonly key?: string
  readonly since?: Date
  readonly until?: Date
  readonly state?: DeadLetterRow['state']
}

export interface Letter {
  /** `<topic>/<partition>/<offset>` of the record that was given up. */
  readonly id: string
  readonly code: string
  readonly reason: string
  readonly key: string | null
  readonly at: Date
  readonly state: DeadLetterRow['state']
  readonly redrives: NonNullable<DeadLetterRow['redrives']>
}

export interface RedriveOrder {
  readonly filter: LetterFilter
  readonly limit: number
  readonly dryRun: boolean
  readonly actor: string
  readonly why: string
}

export interface RedriveReport {
  readonly matched: number
  readonly published: number
  /** Their person was erased: there is nothing left to publish. */
  readonly erased: number
  /** Sealed with a key that has not arrived here yet. */
  readonly unreadable: number
  readonly letters: readonly Letter[]
}

const rowsOf = (store: Store) => store.db.collection<DeadLetterRow>(DEAD_LETTERS.name)

/** Oldest first. */
export const listLetters = async (
  store: Store,
  filter: LetterFilter,
  limit: number,
): Promise<readonly Letter[]> => (await findRows(store, filter, limit)).map(toLetter)

/**
 * Publishes given-up records again where they came from: the very bytes and headers, and a header that says which record
 * they were. The service that gave them up applies them as if for the first time, the others know them.
 */
export const redrive = async (
  deps: {
    readonly store: Store
    readonly publisher: RecordPublisher
    readonly personal: PersonalVault
    readonly clock: () => Date
  },
  { filter, limit, dryRun, actor, why }: RedriveOrder,
): Promise<RedriveReport> => {
  const rows = await findRows(deps.store, { state: 'open', ...filter }, limit)
  let [published, erased, unreadable] = [0, 0, 0]
  for (const row of rows) {
    const opened = await openLetter(deps.personal, row)
    if (opened.kind === 'erased') erased += 1
    else if (opened.kind === 'unknown_key') unreadable += 1
    else if (!dryRun) {
      await deps.publisher.publish({
        topic: topicOf(row),
        key: row.key,
        value: opened.value ?? new Uint8Array(),
        headers: { ...row.headers, [REDRIVE_HEADER.of]: row._id },
      })
      const entry = { actor, reason: why, at: deps.clock() }
      await rowsOf(deps.store).updateOne(
        { _id: row._id },
        { $set: { state: 'redriven' }, $push: { redrives: entry } },
      )
      published += 1
    }
  }
  return { matched: rows.length, published, erased, unreadable, letters: rows.map(toLetter) }
}

const findRows = (store: Store, filter: LetterFilter, limit: number): Promise<DeadLetterRow[]> =>
  rowsOf(store).find(toQuery(filter)).sort({ at: 1, _id: 1 }).limit(limit).toArray()

const toQuery = ({
  ids,
  code,
  reason,
  topic,
  key,
  since,
  until,
  state,
}: LetterFilter): Filter<DeadLetterRow> => {
  const all: Filter<DeadLetterRow>[] = []
  if (ids !== undefined) all.push({ _id: { $in: [...ids] } })
  if (code !== undefined) all.push({ code })
  if (reason !== undefined) all.push({ reason: { $regex: literally(reason) } })
  if (topic !== undefined) all.push({ _id: { $regex: `(^|\\.)${literally(topic)}/` } })
  if (key !== undefined) all.push({ key })
  if (since !== undefined) all.push({ at: { $gte: since } })
  if (until !== undefined) all.push({ at: { $lt: until } })
  if (state !== undefined) all.push({ state })
  return all.length === 0 ? {} : { $and: all }
}

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

const topicOf = ({ _id }: DeadLetterRow): string =>
  _id.slice(0, _id.lastIndexOf('/', _id.lastIndexOf('/') - 1))

const toLetter = ({ _id, code, reason, key, at, state, redrives = [] }: DeadLetterRow): Letter => ({
  id: _id,
  code,
  reason,
  key,
  at,
  state,
  redrives,
})
