import type { Fact, FactKind, ReadResult } from '../src/index.ts'
import { readStripeEventObject } from '../src/index.ts'

export const factsOf = (result: ReadResult): readonly Fact[] => {
  if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.detail}`)
  return result.facts
}

export const factsOfKind = <K extends FactKind>(
  kind: K,
  facts: readonly Fact[],
): readonly Extract<Fact, { kind: K }>[] =>
  facts.filter((fact): fact is Extract<Fact, { kind: K }> => fact.kind === kind)

/** The one fact of a kind that an event gives. */
export const factOfEvent = <K extends FactKind>(kind: K, event: unknown): Extract<Fact, { kind: K }> => {
  const found = factsOfKind(kind, factsOf(readStripeEventObject(event)))
  const [fact] = found
  if (fact === undefined || found.length > 1) throw new Error(`not one ${kind} but ${found.length}`)
  return fact
}

export const problemOf = (event: unknown): string => {
  const result = readStripeEventObject(event)
  return result.ok ? 'none' : result.problem.code
}
