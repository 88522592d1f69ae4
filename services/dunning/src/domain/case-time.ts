import { scopedId } from '@keyflow/contracts'
import type { CaseFacts } from './case-facts.ts'

/** Scoped id of the test clock that a case lives by; null = everybody's clock. */
export const clockIdOf = ({ scope, clock }: CaseFacts): string | null =>
  clock === null ? null : scopedId(scope, clock)

/**
 * What time it is for a case, unix milliseconds. A test clock has come at least as far as anything that was heard from it.
 */
export const timeOf = (facts: CaseFacts, wallNow: number, clocks: ReadonlyMap<string, number>): number => {
  const clock = clockIdOf(facts)
  return clock === null ? wallNow : Math.max(clocks.get(clock) ?? 0, facts.heardAt * 1000)
}
