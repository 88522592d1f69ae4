/** The only source of time: everything that Stripe stamps is read from here. */
export interface Clock {
  /** Unix milliseconds. */
  readonly now: () => number
}

export const systemClock: Clock = { now: () => Date.now() }
