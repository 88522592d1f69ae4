import type { CaseFile } from './case-file.ts'
import type { StandingDebt } from './debt.ts'
import type { Subject } from './match-policy.ts'
import type { Standing } from './standing.ts'

/** What a policy is chosen by, as the case stands. */
export const subjectOf = (
  { facts, profile }: Pick<CaseFile, 'facts' | 'profile'>,
  standing: Standing,
  anchor: StandingDebt | null,
): Subject => ({
  tiers: [...new Set(Object.values(facts.tiers).map(({ tier }) => tier))].sort(),
  country: profile.country,
  outstanding: standing.outstanding,
  tags: profile.tags,
  collectionMethod: anchor?.collectionMethod ?? null,
  livemode: facts.scope.livemode,
  decline: anchor?.decline ?? 'unknown',
})
