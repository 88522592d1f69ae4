import type { CreateAction } from '@keyflow/contracts'
import { grantsOf, type Terms } from './catalog.ts'
import { type CatalogHistory, type CatalogPin, resolveTier } from './catalog-history.ts'
import type { BilledLicense } from './derived-license.ts'
import type { OperationState } from './ledger-fact.ts'
import type { LedgerFacts } from './ledger-facts.ts'

/** Licenses that no purchase stands behind: the decision to give them is the fact. */
export const deriveGrants = (facts: LedgerFacts, history: CatalogHistory): readonly BilledLicense[] =>
  Object.values(facts.operations).flatMap((operation) =>
    operation.action.kind === 'create' ? [toLicense(operation, operation.action, history)] : [],
  )

const toLicense = (
  operation: OperationState,
  action: CreateAction,
  history: CatalogHistory,
): BilledLicense => {
  const validThrough = action.expiresAt === null ? null : Math.floor(Date.parse(action.expiresAt) / 1000)
  const startedAt = Math.floor(operation.at / 1000)
  return {
    id: operation.license,
    origin: { kind: 'grant', source: action.source, ref: operation.ref },
    customer: action.customer,
    contactRefs: [operation.ref, ...(action.customer === null ? [] : [action.customer])].sort(),
    granted: true,
    billing: 'active',
    reason: null,
    validThrough: Number.isNaN(validThrough) ? null : validThrough,
    trialEndsAt: null,
    cancelAt: null,
    startedAt,
    endedAt: null,
    upcoming: null,
    price: 'none',
    ...grantedBy(action, startedAt, history),
    quantity: 1,
    flags: [],
  }
}

const grantedBy = (
  action: CreateAction,
  at: number,
  history: CatalogHistory,
): { readonly terms: Terms; readonly pin: CatalogPin } => {
  const found = resolveTier(history, action.tier, at)
  const grants = found === undefined ? { tier: action.tier, ...action.granted } : grantsOf(found.tier)
  const version = found?.version ?? history[0].version
  return {
    terms: {
      productId: action.productId,
      validity: { kind: 'perpetual' },
      ...grants,
      maxDomains: action.maxDomains ?? grants.maxDomains,
      features: action.features ?? grants.features,
    },
    pin: { price: version, tier: version },
  }
}
