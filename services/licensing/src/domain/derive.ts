import { current, type Scope } from '@keyflow/contracts'
import type { Catalog } from './catalog.ts'
import { derivePurchase } from './derive-purchase.ts'
import { type DeriveContext, deriveSubscription } from './derive-subscription.ts'
import type { Derived, IdentifyLicense, Policy } from './derived-license.ts'
import type { LedgerFacts } from './ledger-facts.ts'

/**
 * All licenses, reviews and open questions of a ledger: a pure function of the facts, the catalog and the policy.
 * Every list is sorted by id, so equal ledgers give equal results.
 */
export const derive = (
  scope: Scope,
  facts: LedgerFacts,
  catalog: Catalog,
  policy: Policy,
  identify: IdentifyLicense,
): Derived => {
  const context: DeriveContext = { scope, facts, catalog, policy, identify }
  const parts = [
    ...Object.values(facts.subscriptions).map((record) => deriveSubscription(context, record)),
    ...Object.values(facts.sessions).map((register) => {
      const { state, at } = current(register)
      return derivePurchase(context, state, at)
    }),
  ]
  return {
    licenses: parts.flatMap((part) => part.licenses).sort((a, b) => (a.id < b.id ? -1 : 1)),
    reviews: parts.flatMap((part) => part.reviews).sort((a, b) => (a.id < b.id ? -1 : 1)),
    needs: parts.flatMap((part) => part.needs).sort((a, b) => (a.subject < b.subject ? -1 : 1)),
  }
}
