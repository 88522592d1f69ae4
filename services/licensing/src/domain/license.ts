import type { LicenseStatus, LicenseSummary, Scope, UpcomingChange } from '@keyflow/contracts'
import type { DerivedLicense, Upcoming } from './derived-license.ts'
import type { RetiredKey } from './keyring.ts'
import type { OwnClock } from './own-time.ts'

/** A license as it is kept: the derived state, and the little that only its own history knows. */
export interface License extends DerivedLicense {
  readonly scope: Scope
  /** Which ledger it is derived from. */
  readonly ledger: string
  /** Monotonic; every change that a consumer may see adds one. */
  readonly version: number
  readonly keyVersion: number
  /** Keyed hash of the normalized key; the key itself is stored nowhere. null until the first grant. */
  readonly keyHash: string | null
  readonly keyLast6: string | null
  /** Present when it lives on one of Stripe's test clocks. */
  readonly clock?: OwnClock
  /** Earlier keys, by hash; absent in what older versions stored. Unix milliseconds. */
  readonly retiredKeys?: readonly (RetiredKey & { readonly hash: string })[]
  /** Unix milliseconds. */
  readonly createdAt: number
  readonly updatedAt: number
  readonly issuedAt: number | null
  /** The license that this one turned out to be: its key answers for that one. */
  readonly supersededBy: string | null
}

type Timed = Pick<DerivedLicense, 'billing' | 'validThrough'>

/**
 * The status at an instant (unix seconds): revoked > suspended > expired > grace > active. Expiry needs no job to have
 * run, it is computed here.
 */
export const statusAt = (license: Timed, at: number): LicenseStatus => {
  switch (license.billing) {
    case 'revoked':
    case 'suspended':
    case 'pending':
      return license.billing
    case 'ended':
      return 'expired'
    case 'grace':
    case 'active':
      return license.validThrough !== null && license.validThrough < at ? 'expired' : license.billing
    default:
      return license.billing satisfies never
  }
}

type Summarized = Timed &
  Pick<DerivedLicense, 'reason' | 'terms' | 'quantity' | 'upcoming' | 'trialEndsAt' | 'cancelAt' | 'metadata'>

/** What a consumer of license events is told. */
export const summarize = (license: Summarized, at: number): LicenseSummary => {
  const status = statusAt(license, at)
  return {
    status,
    reason: status === 'expired' && license.reason === null ? 'not_renewed' : license.reason,
    productId: license.terms.productId,
    tier: license.terms.tier,
    maxDomains: license.terms.maxDomains,
    features: [...license.terms.features],
    quantity: license.quantity,
    validThrough: toIso(license.validThrough),
    trialEndsAt: toIso(license.trialEndsAt),
    cancelAt: toIso(license.cancelAt),
    upcoming: upcomingChange(license.upcoming),
    ...(license.metadata === undefined ? {} : { metadata: { ...license.metadata } }),
  }
}

/** A license that an older version stored has no such field. */
const upcomingChange = (upcoming: Upcoming | null | undefined): UpcomingChange | null =>
  upcoming == null
    ? null
    : { kind: upcoming.kind, at: toIso(upcoming.at), tier: upcoming.tier, quantity: upcoming.quantity }

/** Unix seconds -> ISO 8601 UTC; instants that no calendar holds become null. */
export const toIso = (seconds: number | null): string | null => {
  if (seconds === null) return null
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? null : date.toISOString()
}
