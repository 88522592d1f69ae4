import { DEAD_LETTER_HEADER } from '@keyflow/contracts'
import type { ClientSession } from 'mongodb'
import { type IncomingRecord, originOf } from '../kafka/records.ts'
import type { Store } from '../mongo/client.ts'
import type { CollectionSpec } from '../mongo/migrate.ts'
import type { OutboxEntry } from '../outbox/outbox.ts'
import type { Opened, PersonalVault } from '../personal/personal-vault.ts'

/** A record that a consumer could not apply, with the reason. */
export interface DeadLetter {
  readonly record: IncomingRecord
  /** Stable and short, e.g. `not_json`. */
  readonly code: string
  /** One sentence without personal data. */
  readonly reason: string
}

/** Nobody knows whose data a record holds that cannot be read: its value is kept sealed. Null = that person is erased. */
export interface SealedLetter extends DeadLetter {
  readonly sealed: string | null
}

export interface DeadLetterRow {
  /** `<topic>/<partition>/<offset>`: a redelivered record is the same letter. */
  _id: string
  code: string
  reason: string
  key: string | null
  /** The value, sealed; `openLetter` opens it. Null = its person was erased before. */
  sealed: string | null
  headers: Readonly<Record<string, string>>
  at: Date
  /** `redriven`: published again, or come again that way. */
  state: 'open' | 'redriven'
  /** Who published it again, and why. */
  redrives?: readonly { readonly actor: string; readonly reason: string; readonly at: Date }[]
}

export const DEAD_LETTERS: CollectionSpec = {
  name: 'dead_letters',
  indexes: [{ key: { state: 1, at: 1 }, name: 'open_oldest' }],
}

/** Whose key seals a letter: its record's key names the customer, or the object that stands for one. */
export const subjectOfLetter = ({ record }: Pick<DeadLetter, 'record'>): string =>
  record.key ?? originOf(record)

/** Letters go to a topic, so their keys do as well. Outside any transaction. */
export const sealLetters = async (
  personal: PersonalVault,
  letters: readonly DeadLetter[],
): Promise<readonly SealedLetter[]> => {
  if (letters.length === 0) return []
  const sealed = await personal.sealAll(
    letters.map((letter) => ({
      subject: subjectOfLetter(letter),
      value: letter.record.value === null ? null : Buffer.from(letter.record.value).toString('base64'),
    })),
    { leaves: true },
  )
  return letters.map((letter, index) => ({ ...letter, sealed: sealed[index] ?? null }))
}

export type OpenedLetter =
  | { readonly kind: 'opened'; readonly value: Uint8Array | null }
  | Exclude<Opened, { kind: 'opened' }>

/** The record's value, bit by bit as it was; `erased` once its person is. */
export const openLetter = async (
  personal: PersonalVault,
  { sealed }: Pick<DeadLetterRow, 'sealed'>,
): Promise<OpenedLetter> => {
  if (sealed === null) return { kind: 'erased' }
  const opened = await personal.open(sealed)
  if (opened.kind !== 'opened') return opened
  return {
    kind: 'opened',
    value: typeof opened.value === 'string' ? new Uint8Array(Buffer.from(opened.value, 'base64')) : null,
  }
}

/** Keeps the letters for the operator; returns those that were not there yet. */
export const insertDeadLetters = async (
  store: Store,
  session: ClientSession,
  letters: readonly SealedLetter[],
  at: Date,
): Promise<readonly SealedLetter[]> => {
  if (letters.length === 0) return []
  const rows = store.db.collection<DeadLetterRow>(DEAD_LETTERS.name)
  const origins = letters.map(({ record }) => originOf(record))
  const known = new Set(
    (await rows.find({ _id: { $in: origins } }, { session }).toArray()).map((row) => row._id),
  )
  const fresh = letters.filter(({ record }) => !known.has(originOf(record)))
  if (fresh.length > 0)
    await rows.insertMany(
      fresh.map(({ record, code, reason, sealed }) => ({
        _id: originOf(record),
        code,
        reason,
        key: record.key,
        sealed,
        headers: record.headers,
        at,
        state: 'open' as const,
      })),
      { session },
    )
  return fresh
}

/** Which of these origins (`<topic>/<partition>/<offset>`) are of letters that nobody has sent again. */
export const findOpenLetters = async (
  store: Store,
  origins: readonly string[],
): Promise<ReadonlySet<string>> => {
  if (origins.length === 0) return new Set()
  const rows = await store.db
    .collection<DeadLetterRow>(DEAD_LETTERS.name)
    .find({ _id: { $in: [...origins] }, state: 'open' }, { projection: { _id: 1 } })
    .toArray()
  return new Set(rows.map(({ _id }) => _id))
}

/** The same letter as a record: original key and headers, the value sealed, plus why. */
export const toDeadLetterEntry = (
  topic: string,
  service: string,
  letter: SealedLetter,
  at: Date,
): OutboxEntry => ({
  id: `dead-letter:${originOf(letter.record)}`,
  topic,
  key: letter.record.key,
  value: letter.sealed ?? new Uint8Array(),
  headers: {
    ...letter.record.headers,
    [DEAD_LETTER_HEADER.code]: letter.code,
    [DEAD_LETTER_HEADER.reason]: letter.reason,
    [DEAD_LETTER_HEADER.service]: service,
    [DEAD_LETTER_HEADER.at]: at.toISOString(),
    [DEAD_LETTER_HEADER.origin]: originOf(letter.record),
  },
})
