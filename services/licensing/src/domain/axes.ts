import type { BillingNotice, Metadata } from '@keyflow/contracts'
import { type Catalog, onTier, type Terms, tierOf } from './catalog.ts'
import type { BilledLicense, BillingStatus, DerivedLicense, LicenseAxes } from './derived-license.ts'
import { keyringOf } from './keyring.ts'
import type { OperationState, OverlayState } from './ledger-fact.ts'
import type { LedgerFacts } from './ledger-facts.ts'

/**
 * Three axes that never overwrite each other: billing (facts), dunning's overlay, the operator's override. What the
 * license *is* follows from all three; lifting one brings back exactly what the others say.
 */
export const applyAxes = (
  license: BilledLicense,
  facts: LedgerFacts,
  catalog: Catalog,
  aliases: Readonly<Record<string, string>>,
): DerivedLicense => {
  const [overlay] = overlaysOf(facts, license)
  const operations = operationsOf(facts, (id) => id === license.id || aliases[id] === license.id)
  const override = overrideOf(operations)
  const axes: LicenseAxes = {
    billing: license.billing,
    billingReason: license.reason,
    overlay: overlay?.level ?? 'none',
    override,
  }
  const restricted = withOverlay(license, overlay, catalog)
  const metadata = metadataOf(operations)
  const billingNotice = noticeOf(facts, license)
  const keyring = keyringOf(operations)
  const limited = {
    ...restricted,
    terms: withLimits(restricted.terms, operations, catalog),
    ...(metadata === undefined ? {} : { metadata }),
    ...(keyring === undefined ? {} : { keyring }),
    ...(billingNotice === null ? {} : { billingNotice }),
    axes,
  }
  if (override === 'revoked') return { ...limited, billing: 'revoked', reason: 'operator' }
  if (override === 'suspended' && limited.billing !== 'revoked')
    return { ...limited, billing: 'suspended', reason: 'operator' }
  return limited
}

const SEVERITY = { none: 0, downgraded: 1, suspended: 2 } as const

/** Dunning's cases of the license's subscription, the most severe wish first. */
const overlaysOf = (facts: LedgerFacts, { origin }: BilledLicense): readonly OverlayState[] =>
  origin.kind !== 'subscription_item'
    ? []
    : Object.values(facts.overlays)
        .filter(({ subscription }) => subscription === origin.subscription)
        .sort((a, b) => SEVERITY[b.level] - SEVERITY[a.level] || (a.id < b.id ? -1 : 1))

/** What the sold software may tell about payments: of the most severe case in which something is owed. */
const noticeOf = (facts: LedgerFacts, license: BilledLicense): BillingNotice | null => {
  for (const { notice } of overlaysOf(facts, license)) if (notice?.says) return notice.says
  return null
}

const IN_USE: ReadonlySet<BillingStatus> = new Set(['active', 'grace'])

const withOverlay = (
  license: BilledLicense,
  overlay: OverlayState | undefined,
  catalog: Catalog,
): BilledLicense => {
  if (overlay === undefined || overlay.level === 'none' || !IN_USE.has(license.billing)) return license
  if (overlay.level === 'suspended') return { ...license, billing: 'suspended', reason: 'payment_overdue' }
  return { ...license, terms: onNamedTier(license.terms, overlay.tier, catalog) }
}

const onNamedTier = (terms: Terms, tier: string | null, catalog: Catalog): Terms => {
  const found = tier === null ? undefined : tierOf(catalog, tier)
  return found === undefined ? terms : onTier(terms, found)
}

/** In the order in which they were decided. */
const operationsOf = (facts: LedgerFacts, isMeant: (license: string) => boolean): readonly OperationState[] =>
  Object.values(facts.operations)
    .filter((operation) => isMeant(operation.license))
    .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))

/** `revoke` is final; `reinstate` lifts an operator's suspension and nothing else. */
const overrideOf = (operations: readonly OperationState[]): LicenseAxes['override'] => {
  let override: LicenseAxes['override'] = 'none'
  for (const { action } of operations) {
    if (action.kind === 'revoke') return 'revoked'
    if (action.kind === 'suspend') override = 'suspended'
    if (action.kind === 'reinstate') override = 'none'
  }
  return override
}

const withLimits = (terms: Terms, operations: readonly OperationState[], catalog: Catalog): Terms => {
  let tier: string | null = null
  let maxDomains: number | null = null
  let features: readonly string[] | null = null
  for (const { action } of operations) {
    if (action.kind !== 'limits') continue
    if (action.tier !== undefined) tier = action.tier
    if (action.maxDomains !== undefined) maxDomains = action.maxDomains
    if (action.features !== undefined) features = action.features
  }
  const base = onNamedTier(terms, tier, catalog)
  return { ...base, maxDomains: maxDomains ?? base.maxDomains, features: features ?? base.features }
}

/** Each decision adds to what stands, and removes what it sets to null. */
const metadataOf = (operations: readonly OperationState[]): Metadata | undefined => {
  const metadata = new Map<string, string>()
  for (const { action } of operations) {
    const patch = action.kind === 'limits' || action.kind === 'create' ? (action.metadata ?? {}) : {}
    for (const [key, value] of Object.entries(patch)) {
      if (value === null) metadata.delete(key)
      else metadata.set(key, value)
    }
  }
  return metadata.size === 0
    ? undefined
    : Object.fromEntries([...metadata].sort(([a], [b]) => (a < b ? -1 : 1)))
}
