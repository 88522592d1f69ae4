import { current, type SubscriptionState, type SubscriptionStatus } from '@keyflow/contracts'
import type { LedgerFact } from './ledger-fact.ts'
import type { LedgerFacts } from './ledger-facts.ts'
import { subscriptionLifecycle } from './lifecycle.ts'

/** A transition that Stripe never makes: the second state was seen after the first and must be older. */
export interface StaleFact {
  readonly from: SubscriptionStatus
  readonly to: SubscriptionStatus
}

/** Facts that arrived after something that ends what they tell of. They change nothing; many of them point to a reordering upstream. */
export const staleFacts = (known: LedgerFacts, added: readonly LedgerFact[]): readonly StaleFact[] => {
  const latest = new Map<string, SubscriptionState>()
  const stale: StaleFact[] = []
  for (const fact of added) {
    if (fact.kind !== 'subscription') continue
    const { id } = fact.state
    const record = known.subscriptions[id]
    const before = latest.get(id) ?? (record === undefined ? fact.state : current(record.register).state)
    const isStale = subscriptionLifecycle(before) > subscriptionLifecycle(fact.state)
    if (isStale) stale.push({ from: before.status, to: fact.state.status })
    latest.set(id, isStale ? before : fact.state)
  }
  return stale
}
