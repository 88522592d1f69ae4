/**
 * Typed readers of JSON that somebody else wrote. Each answers null where the value is not what it should be;
 * none throws and none follows a prototype.
 */
export type Json = Readonly<Record<string, unknown>>

/** 9999-12-31T23:59:59Z: the last instant whose ISO 8601 text has a four-digit year; later ones break date libraries. */
const LAST_INSTANT = 253_402_300_799

/** Stripe promises ids of at most this length. */
const LONGEST_ID = 255

// `fatal`: bytes that are no UTF-8 are refused, not silently replaced.
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The JSON value of a body, or undefined where it is none (JSON itself has no undefined). */
export const parseJson = (body: string | Uint8Array): unknown => {
  try {
    return JSON.parse(typeof body === 'string' ? body : utf8.decode(body))
  } catch {
    return undefined
  }
}

export const asObject = (value: unknown): Json | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null

/** `__proto__` is no id of Stripe's, and as a key of a plain object it would reach the prototype. */
export const asId = (value: unknown): string | null =>
  typeof value === 'string' && value.length > 0 && value.length <= LONGEST_ID && value !== '__proto__'
    ? value
    : null

/** Text that says something: never empty. */
export const asText = (value: unknown): string | null =>
  typeof value === 'string' && value.length > 0 ? value : null

/** An exact integer of either sign (amounts of credits are negative); `-0` is 0. */
export const asInteger = (value: unknown): number | null =>
  Number.isSafeInteger(value) ? (value as number) + 0 : null

/** An exact integer that counts something. */
export const asCount = (value: unknown): number | null => {
  const count = asInteger(value)
  return count !== null && count >= 0 ? count : null
}

/** Unix seconds between 1970 and 9999. */
export const asInstant = (value: unknown): number | null => {
  const instant = asCount(value)
  return instant !== null && instant <= LAST_INSTANT ? instant : null
}

/** The id of a reference, which Stripe renders as a string or, where expanded, as the object. */
export const idOf = (value: unknown): string | null => asId(value) ?? asId(asObject(value)?.id)

/** A reference's own field, where the reference is expanded. */
export const fieldOf = (value: unknown, field: string): unknown => asObject(value)?.[field]

export interface List {
  readonly data: readonly unknown[]
  /** false when Stripe holds more entries than it embedded. */
  readonly complete: boolean
}

/** Stripe's list object, or the bare array that it was in the oldest versions. */
export const asList = (value: unknown): List | null => {
  if (Array.isArray(value)) return { data: value, complete: true }
  const list = asObject(value)
  if (list === null || !Array.isArray(list.data)) return null
  const total = asCount(list.total_count) ?? asCount(list.count) ?? 0
  return { data: list.data, complete: list.has_more !== true && total <= list.data.length }
}
