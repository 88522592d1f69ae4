import type { StandingDebt } from './debt.ts'

/**
 * An episode: a span of time during which something was owed without a break, and the invoices that make it up. Runs and
 * notices of an episode hold until it ends, also when the oldest of its invoices is paid and the next one takes its place.
 */
export interface Episode {
  /** Unix seconds. */
  readonly startedAt: number
  readonly invoices: ReadonlySet<string>
}

/** The episode that the given debts belong to; null when there are none. `all`: every debt that ever was. */
export const episodeOf = (present: readonly StandingDebt[], all: readonly StandingDebt[]): Episode | null => {
  if (present.length === 0) return null
  const invoices = new Set(present.map(({ invoice }) => invoice))
  let startedAt = Math.min(...present.map(({ since }) => since))
  // Backwards in time: whatever was still owed when the span began belongs to it, and may begin it earlier.
  const rest = all
    .filter(({ invoice }) => !invoices.has(invoice))
    .sort((a, b) => (b.endedAt ?? Number.POSITIVE_INFINITY) - (a.endedAt ?? Number.POSITIVE_INFINITY))
  for (const debt of rest) {
    if ((debt.endedAt ?? Number.POSITIVE_INFINITY) < startedAt) break
    invoices.add(debt.invoice)
    startedAt = Math.min(startedAt, debt.since)
  }
  return { startedAt, invoices }
}
