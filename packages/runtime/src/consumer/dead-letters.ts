import { DEAD_LETTER_HEADER } from '@keyflow/contracts'
import { Binary, type ClientSession } from 'mongodb'
import { type IncomingRecord, originOf } from '../kafka/records.ts'
import type { Store } from '../mongo/client.ts'
import type { CollectionSpec } from '../mongo/migrate.ts'
import type { OutboxEntry } from '../outbox/outbox.ts'

/** A record that a consumer could not apply, with the reason. */
export interface DeadLetter {
  readonly record: IncomingRecord
  /** Stable and short, e.g. `not_json`. */
  readonly code: string
  /** One sentence without personal data. */
  readonly reason: string
}

interface DeadLetterRow {
  /** `<topic>/<partition>/<offset>`: a redelivered record is the same letter. */
  _id: string
  code: string
  reason: string
  key: string | null
  value: Binary | null
  headers: Readonly<Record<string, string>>
  at: Date
  state: 'open'
}

export const DEAD_LETTERS: CollectionSpec = {
  name: 'dead_letters',
  indexes: [{ key: { state: 1, at: 1 }, name: 'open_oldest' }],
}

/** Keeps the letters for the operator; returns those that were not there yet. */
export const insertDeadLetters = async (
  store: Store,
  session: ClientSession,
  letters: readonly DeadLetter[],
  at: Date,
): Promise<readonly DeadLetter[]> => {
  if (letters.length === 0) return []
  const rows = store.db.collection<DeadLetterRow>(DEAD_LETTERS.name)
  const origins = letters.map(({ record }) => originOf(record))
  const known = new Set(
    (await rows.find({ _id: { $in: origins } }, { session }).toArray()).map((row) => row._id),
  )
  const fresh = letters.filter(({ record }) => !known.has(originOf(record)))
  if (fresh.length > 0)
    await rows.insertMany(
      fresh.map(({ record, code, reason }) => ({
        _id: originOf(record),
        code,
        reason,
        key: record.key,
        value: record.value === null ? null : new Binary(record.value),
        headers: record.headers,
        at,
        state: 'open' as const,
      })),
      { session },
    )
  return fresh
}

/** The same letter as a record: original key, value and headers, plus why. */
export const toDeadLetterEntry = (
  topic: string,
  service: string,
  letter: DeadLetter,
  at: Date,
): OutboxEntry => ({
  id: `dead-letter:${originOf(letter.record)}`,
  topic,
  key: letter.record.key,
  value: letter.record.value ?? new Uint8Array(),
  headers: {
    ...letter.record.headers,
    [DEAD_LETTER_HEADER.code]: letter.code,
    [DEAD_LETTER_HEADER.reason]: letter.reason,
    [DEAD_LETTER_HEADER.service]: service,
    [DEAD_LETTER_HEADER.at]: at.toISOString(),
    [DEAD_LETTER_HEADER.origin]: originOf(letter.record),
  },
})
