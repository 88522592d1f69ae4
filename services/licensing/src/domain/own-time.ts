import type { SubscriptionState } from '@keyflow/contracts'
import type { LedgerFacts } from './ledger-facts.ts'

/** The test clock of Stripe's that a license lives on, and how far that must have come: what it billed has happened. */
export interface TestClock {
  readonly id: string
  /** Unix seconds on that clock. */
  readonly atLeast: number
}

/** Where that clock stands. */
export interface OwnClock {
  readonly id: string
  /** Unix seconds on that clock. */
  readonly now: number
  /** The same when the license was last written. */
  readonly written: number
}

/** Only what is billed in test mode can be on a test clock: nothing moves the time of a customer who pays. */
export const testClockOf = (
  livemode: boolean,
  { testClock, startedAt, items }: SubscriptionState,
  facts: LedgerFacts,
): TestClock | null => {
  if (livemode || testClock === null) return null
  const begun = items.map(({ periodStart }) => periodStart)
  const paid = Object.values(facts.invoices).flatMap(({ newest }) => newest.map(({ state }) => state.paidAt))
  return {
    id: testClock,
    atLeast: Math.max(0, ...[startedAt, ...begun, ...paid].filter((at) => at !== null)),
  }
}

interface OnClock {
  readonly clock?: OwnClock
}

/** The time that a license lives in, unix seconds: that of its test clock, else everybody's (`at`). */
export const timeOf = ({ clock }: OnClock, at: number): number => clock?.now ?? at

type Dated = OnClock & {
  readonly validThrough: number | null
  readonly trialEndsAt: number | null
  readonly cancelAt: number | null
  readonly graceEndsAt?: number | null
  readonly maintenanceEndsAt?: number | null
}

/**
 * The same license with dates on everybody's clock, as far ahead as they are on its own: whoever holds a lease has no
 * other clock than the wall's. `at`: unix seconds.
 */
export const inWallTime = <L extends Dated>(license: L, at: number): L => {
  const ahead = timeOf(license, at) - at
  if (ahead === 0) return license
  const moved = (instant: number | null): number | null => (instant === null ? null : instant - ahead)
  return {
    ...license,
    validThrough: moved(license.validThrough),
    trialEndsAt: moved(license.trialEndsAt),
    cancelAt: moved(license.cancelAt),
    graceEndsAt: moved(license.graceEndsAt ?? null),
    maintenanceEndsAt: moved(license.maintenanceEndsAt ?? null),
  }
}
