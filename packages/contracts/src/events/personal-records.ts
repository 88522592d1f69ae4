import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'

const Subject = Type.String({ minLength: 1 })

/** A data key of one person, wrapped by a master key: without that it opens nothing. */
export const PersonalKeyMade = Type.Object({
  kind: Type.Literal('key'),
  /** Scoped id of the person: the Stripe customer, else the object that stands for one (a guest's session). */
  subject: Subject,
  keyId: Type.String({ minLength: 1 }),
  masterId: Type.String({ minLength: 1 }),
  wrapped: Type.String({ minLength: 1 }),
})
export type PersonalKeyMade = Static<typeof PersonalKeyMade>

/** Takes the place of a wrapped key on the compacted topic: compaction removes what it replaces. */
export const PersonalKeyDropped = Type.Object({
  kind: Type.Literal('key_dropped'),
  subject: Subject,
  keyId: Type.String({ minLength: 1 }),
})

/** Final: whatever comes later, no service makes or keeps a key of this person again. Kept for ever. */
export const PersonalErasure = Type.Object({
  kind: Type.Literal('erased'),
  subject: Subject,
  /** Several subjects are erased together: a customer, and the objects tied to it. */
  erasureId: Type.String({ minLength: 1 }),
  at: Type.String({ format: 'date-time' }),
  actor: Type.String({ minLength: 1 }),
  reason: Type.String({ minLength: 1 }),
})
export type PersonalErasure = Static<typeof PersonalErasure>

/** A record of `keyflow.personal-keys`. */
export const PersonalRecord = Type.Union([PersonalKeyMade, PersonalKeyDropped, PersonalErasure])
export type PersonalRecord = Static<typeof PersonalRecord>

/** Key of the record: of all records with the same one, compaction keeps the newest. */
export const personalRecordKey = (record: PersonalRecord): string =>
  record.kind === 'erased' ? `erased/${record.subject}` : `key/${record.subject}/${record.keyId}`

const validator = Compile(PersonalRecord)

/** Null for anything that is not a record of that topic. */
export const readPersonalRecord = (bytes: Uint8Array | null): PersonalRecord | null => {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes ?? new Uint8Array()))
    return validator.Check(value) ? value : null
  } catch {
    return null
  }
}
