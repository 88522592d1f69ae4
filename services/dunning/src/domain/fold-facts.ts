import { canonical } from '@keyflow/contracts'
import { type CaseFacts, mergeCaseFacts } from './case-facts.ts'
import { type CaseRecord, newRecord } from './case-record.ts'

/** Folds facts into a case; null when they add nothing to what is known. */
export const foldFacts = (before: CaseRecord | undefined, facts: CaseFacts): CaseRecord | null => {
  if (before === undefined) return newRecord(facts)
  const merged = mergeCaseFacts(before.facts, facts)
  return canonical(merged) === canonical(before.facts) ? null : { ...before, facts: merged }
}
