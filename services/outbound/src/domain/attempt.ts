/** Closed set, for metrics and for the operator's eyes. */
export const ATTEMPT_RESULTS = [
  'ok',
  /** An answer other than 2xx. */
  'status',
  /** A redirect: never followed, it could lead anywhere. */
  'redirect',
  /** The address is not one that may be called. */
  'blocked',
  'dns',
  'connect',
  'tls',
  'timeout',
  /** The connection broke, or what came was no HTTP. */
  'broken',
] as const
export type AttemptResult = (typeof ATTEMPT_RESULTS)[number]

/** One try to deliver, as it is kept. */
export interface Attempt {
  readonly at: Date
  readonly durationMs: number
  readonly result: AttemptResult
  readonly status: number | null
}

/** What the other side said of when to come again, milliseconds; null when nothing. */
export interface Answer extends Omit<Attempt, 'at'> {
  readonly retryAfterMs: number | null
}

/** How an answer of HTTP counts. */
export const resultOf = (status: number): AttemptResult =>
  status >= 200 && status < 300 ? 'ok' : status >= 300 && status < 400 ? 'redirect' : 'status'

/** `Retry-After` as seconds or as a date; null for anything else. `now`: unix milliseconds. */
export const retryAfterMs = (header: string | undefined, now: number): number | null => {
  if (header === undefined) return null
  const text = header.trim()
  // Only the form that HTTP writes: JavaScript would make a date of almost anything.
  if (!/^\d{1,9}$/.test(text) && !/ GMT$/.test(text)) return null
  const wait = text.endsWith('GMT') ? Date.parse(text) - now : Number(text) * 1000
  return Number.isFinite(wait) && wait > 0 ? wait : null
}
