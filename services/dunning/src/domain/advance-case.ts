import { canonical } from '@keyflow/contracts'
import { type Announced, type Announcement, announce } from './announce.ts'
import { type CaseFacts, mergeCaseFacts } from './case-facts.ts'
import { type DunningCase, deriveCase } from './derive-case.ts'

/** A case with what was said of it. `seq` is the fence: every event of the case has the next one. */
export interface CaseRecord {
  readonly facts: CaseFacts
  readonly announced: Announced | null
  readonly seq: number
  /** Derived from the facts; null while nothing has ever failed. */
  readonly state: DunningCase | null
}

export interface Advance {
  readonly after: CaseRecord
  readonly announcement: Announcement | null
}

/** Folds facts into a case; null when they add nothing to what is known. */
export const advanceCase = (before: CaseRecord | undefined, facts: CaseFacts): Advance | null => {
  const merged = mergeCaseFacts(before?.facts, facts)
  if (before !== undefined && canonical(before.facts) === canonical(merged)) return null
  const state = deriveCase(merged)
  const announcement = announce(before?.announced ?? null, state)
  return {
    after: {
      facts: merged,
      announced: announcement?.says ?? before?.announced ?? null,
      seq: (before?.seq ?? 0) + (announcement === null ? 0 : 1),
      state,
    },
    announcement,
  }
}
