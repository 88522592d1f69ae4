import {
  type BillingNotice,
  type Fact,
  identitiesOf,
  type LicenseAction,
  type Scope,
} from '@keyflow/contracts'

/**
 * What dunning wants of the licenses of a subscription, and what their software may be told; of either the highest `seq`
 * of a case holds (a fence, not an order).
 */
export interface OverlayState {
  /** The case. */
  readonly id: string
  readonly seq: number
  readonly subscription: string
  readonly level: 'none' | 'downgraded' | 'suspended'
  readonly tier: string | null
  /** Last word on how it stands with the payments; absent = none yet. `says` is null once nothing is owed. */
  readonly notice?: { readonly seq: number; readonly says: BillingNotice | null }
}

/** What an operator decided about one license. */
export interface OperationState {
  readonly id: string
  /** Unix milliseconds. */
  readonly at: number
  readonly license: string
  readonly ref: string
  readonly action: LicenseAction
  readonly actor: string
  readonly reason: string
}

/** That a person closed a review, and why. */
export interface DismissalState {
  readonly id: string
  /** Unix milliseconds. */
  readonly at: number
  readonly review: string
  readonly ref: string
  readonly actor: string
  readonly reason: string
}

export type OverlayFact = { readonly kind: 'overlay'; readonly scope: Scope; readonly state: OverlayState }
export type OperationFact = {
  readonly kind: 'operation'
  readonly scope: Scope
  readonly state: OperationState
}

export type DismissalFact = {
  readonly kind: 'dismissal'
  readonly scope: Scope
  readonly state: DismissalState
}

/** Everything that a ledger is made of: Stripe's facts, dunning's overlays, operators' decisions. */
export type LedgerFact = Fact | OverlayFact | OperationFact | DismissalFact

export const scopeOf = (fact: LedgerFact): Scope => ('scope' in fact ? fact.scope : fact.observed.scope)

/** Stripe ids that tie the fact to others. */
export const ledgerIdentities = (fact: LedgerFact): readonly string[] => {
  if (fact.kind === 'overlay') return [fact.state.subscription]
  if (fact.kind === 'operation' || fact.kind === 'dismissal') return [fact.state.ref]
  return identitiesOf(fact)
}
