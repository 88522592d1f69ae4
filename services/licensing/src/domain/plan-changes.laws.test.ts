import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { createMemoryFold, factsOf, RULES } from '../../test/history/fold-in-memory.ts'
import { histories } from '../../test/history/generate-history.ts'
import { followedBy } from './catalog-history.ts'
import { deriveLedger, type FoldRules, isMoreThanTime, planChanges, planWrites } from './fold.ts'

const RUNS = Math.min(300, Number(process.env.LAW_RUNS ?? 300))
const LATER_MS = 2_000_000_000_000

/** The pro tier grants more, and whoever is in it gets it. */
const raised: FoldRules = (() => {
  const [first] = RULES.catalogs
  const { content } = first
  const catalogs = followedBy(RULES.catalogs, {
    schemaVersion: 1,
    id: 'cat_2',
    version: 2,
    at: new Date(LATER_MS).toISOString(),
    digest: '',
    source: 'api',
    restores: null,
    actor: 'law',
    reason: 'law',
    content: { ...content, tiers: { ...content.tiers, pro: { max_domains: 12, features: ['updates'] } } },
    existing: { prices: 'keep', tiers: 'follow' },
  })
  if (catalogs === undefined) throw new Error('does not follow')
  return { ...RULES, catalogs }
})()

describe('what a scan of all licenses would write', () => {
  it('is what planning everything finds, without what only time has changed: whether the rules are the same or others', () => {
    fc.assert(
      fc.property(histories, fc.constantFrom(RULES, raised), ({ account }, rules) => {
        const memory = createMemoryFold(RULES)
        for (const event of account.events)
          memory.fold([{ id: event.id, facts: factsOf(event) }], event.created * 1000)
        for (const ledger of memory.ledgers.values()) {
          const derived = deriveLedger(ledger.scope, ledger.facts, rules)
          const all = planWrites(ledger, derived, memory.licenses, LATER_MS).filter(isMoreThanTime)
          expect(planChanges(ledger, derived, memory.licenses, LATER_MS)).toEqual(all)
          if (rules === RULES) expect(all).toEqual([])
        }
      }),
      { numRuns: RUNS },
    )
  })
})
