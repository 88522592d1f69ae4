export interface RetryPolicy {
  /** Milliseconds before the second attempt; doubled for each further one. */
  readonly baseMs: number
  readonly capMs: number
  /** Attempts in all; after the last one the delivery has failed. */
  readonly attempts: number
}

/** Quick enough to work with, long enough to outlast a restart of the receiver: about an hour in all. */
export const defaultRetryPolicy: RetryPolicy = { baseMs: 500, capMs: 60_000, attempts: 64 }

/** Milliseconds to wait after so many failed attempts; `random` spreads them by a fifth to either side. */
export const retryDelay = (policy: RetryPolicy, failedAttempts: number, random: () => number): number => {
  const exponent = Math.min(failedAttempts - 1, 30)
  return Math.min(policy.capMs, policy.baseMs * 2 ** exponent) * (0.8 + 0.4 * random())
}
