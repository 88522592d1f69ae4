import { current, type Scope } from '@keyflow/contracts'
import { applyAxes } from './axes.ts'
import { type CatalogHistory, headOf } from './catalog-history.ts'
import { deriveGrants } from './derive-grants.ts'
import { derivePurchase } from './derive-purchase.ts'
import { type DeriveContext, deriveSubscription } from './derive-subscription.ts'
import type { Derived, IdentifyLicense, Policy } from './derived-license.ts'
import type { LedgerFacts } from './ledger-facts.ts'
import { continueLicenses } from './succession.ts'
import { unlinkedPayments } from './unlinked-payments.ts'

/**
 * All licenses, reviews and open questions of a ledger: a pure function of the facts, the catalog's history and the policy.
 * Every list is sorted by id, so equal ledgers give equal results.
 */
export const derive = (
  scope: Scope,
  facts: LedgerFacts,
  history: CatalogHistory,
  policy: Policy,
  identify: IdentifyLicense,
): Derived => {
  const context: DeriveContext = { scope, facts, history, policy, identify }
  const parts = [
    ...Object.values(facts.subscriptions).map((record) => deriveSubscription(context, record)),
    ...Object.values(facts.sessions).map((register) => {
      const { state, at } = current(register)
      return derivePurchase(context, state, at)
    }),
  ]
  const isRevoked = (license: string): boolean =>
    Object.values(facts.operations).some((o) => o.license === license && o.action.kind === 'revoke')
  const succession = continueLicenses(
    parts.flatMap((part) => part.licenses),
    policy.resubscribeWindow,
    isRevoked,
  )
  return {
    licenses: [...succession.licenses, ...deriveGrants(facts, history)]
      .map((license) => applyAxes(license, facts, headOf(history).catalog, succession.aliases))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
    aliases: succession.aliases,
    ties: parts.flatMap((part) => part.ties),
    reviews: parts.flatMap((part) => part.reviews).sort((a, b) => (a.id < b.id ? -1 : 1)),
    needs: [...parts.flatMap((part) => part.needs), ...unlinkedPayments(facts)].sort((a, b) =>
      a.subject < b.subject ? -1 : 1,
    ),
  }
}
