const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** Waits after the first, second … failure, milliseconds; the last one repeats until the window ends. */
const WAITS = [
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  4 * HOUR,
  8 * HOUR,
  12 * HOUR,
] as const

/** From the first attempt to the last, milliseconds. */
export const RETRY_WINDOW_MS = 72 * HOUR

/** What a receiver may ask for with Retry-After. */
const LONGEST_ASKED = 12 * HOUR

export interface Tried {
  /** Failed attempts so far, this one included. */
  readonly attempts: number
  /** Since the delivery became due first, milliseconds. */
  readonly elapsedMs: number
  readonly retryAfterMs: number | null
  /** 0…1: spreads what failed together. */
  readonly random: number
}

/** Milliseconds until the next attempt; null = the window is over. */
export const nextWaitMs = ({ attempts, elapsedMs, retryAfterMs, random }: Tried): number | null => {
  const planned = WAITS[Math.min(Math.max(attempts, 1), WAITS.length) - 1] ?? HOUR
  const jittered = planned * (0.8 + 0.4 * random)
  const wait = Math.round(Math.max(jittered, Math.min(retryAfterMs ?? 0, LONGEST_ASKED)))
  return elapsedMs + wait > RETRY_WINDOW_MS ? null : wait
}
