/** Every way in which one webhook request may end; the values of a metric's label, so the set is closed. */
export const OUTCOMES = [
  'accepted',
  'ignored',
  'sig_invalid',
  'malformed',
  'mode_mismatch',
  'too_large',
  'publish_failed',
  'overloaded',
  'internal',
] as const
export type Outcome = (typeof OUTCOMES)[number]

/** As counted. `stranger_refused`: turned away before its signature was read, from an address that is not Stripe's. */
export const COUNTED_OUTCOMES = [...OUTCOMES, 'stranger_refused'] as const
export type CountedOutcome = (typeof COUNTED_OUTCOMES)[number]

export interface Answer {
  readonly outcome: Outcome
  readonly status: number
  readonly body: string
  /** Seconds; only where the sender should come again. */
  readonly retryAfter?: string
}

const received = '{"received":true}'
const RETRY_AFTER = '5'

/**
 * What the sender is told. Whatever is not 2xx Stripe sends again for three days: so everything authentic is
 * acknowledged, except what could not be written to the log. All signature failures look alike from outside.
 */
export const ANSWERS = {
  accepted: { outcome: 'accepted', status: 200, body: received },
  ignored: { outcome: 'ignored', status: 200, body: received },
  mode_mismatch: { outcome: 'mode_mismatch', status: 200, body: received },
  sig_invalid: { outcome: 'sig_invalid', status: 400, body: '{"error":"signature verification failed"}' },
  malformed: { outcome: 'malformed', status: 400, body: '{"error":"the body is not a Stripe event"}' },
  unsupported: {
    outcome: 'malformed',
    status: 415,
    body: '{"error":"send application/json without content-encoding"}',
  },
  too_large: { outcome: 'too_large', status: 413, body: '{"error":"the body is larger than 1 MiB"}' },
  publish_failed: {
    outcome: 'publish_failed',
    status: 503,
    body: '{"error":"temporarily unavailable"}',
    retryAfter: RETRY_AFTER,
  },
  overloaded: {
    outcome: 'overloaded',
    status: 503,
    body: '{"error":"too many requests in hand"}',
    retryAfter: RETRY_AFTER,
  },
  internal: { outcome: 'internal', status: 500, body: '{"error":"internal error"}' },
} as const satisfies Readonly<Record<Outcome | 'unsupported', Answer>>
