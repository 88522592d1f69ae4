import type { BillingNotice, GrantSource, Metadata } from '@keyflow/contracts'
import type { Terms } from './catalog.ts'
import type { CatalogPin } from './catalog-history.ts'
import type { Keyring } from './keyring.ts'
import type { TestClock } from './own-time.ts'

/** What gives a buyer a license: a subscription's item, a line of a one-time checkout, or the seller. */
export type LicenseOrigin =
  | { readonly kind: 'subscription_item'; readonly subscription: string; readonly item: string }
  | { readonly kind: 'checkout_line'; readonly session: string; readonly line: string }
  | { readonly kind: 'grant'; readonly source: GrantSource; readonly ref: string }

/**
 * What billing says, independent of the clock: time is applied when somebody asks (`statusAt`).
 * `ended` is over by a fact (canceled, refunded); a license whose `validThrough` has passed is over by time.
 */
export type BillingStatus = 'pending' | 'active' | 'grace' | 'suspended' | 'ended' | 'revoked'

/** A license as the facts alone determine it. Unix seconds. */
export interface DerivedLicense {
  readonly id: string
  readonly origin: LicenseOrigin
  readonly customer: string | null
  /** Stripe ids under which the buyer's contact details may be known, sorted. */
  readonly contactRefs: readonly string[]
  /** There is evidence that access was ever granted: the key is mailed once, when this first holds. */
  readonly granted: boolean
  readonly billing: BillingStatus
  readonly reason: string | null
  /** Last second that is covered, slack included; null = no end known. */
  readonly validThrough: number | null
  readonly trialEndsAt: number | null
  readonly cancelAt: number | null
  /** While a payment is being settled: when the policy's grace is over. */
  readonly graceEndsAt?: number
  /** Releases from after this are not covered: a perpetual license whose subscription or maintenance is over. */
  readonly maintenanceEndsAt?: number
  /** Of the subscription or the purchase. */
  readonly startedAt: number | null
  readonly endedAt: number | null
  /** The next change that is arranged and has not taken effect. */
  readonly upcoming: Upcoming | null
  readonly price: string
  readonly terms: Terms
  /** Versions of the catalog that the terms come from. */
  readonly pin: CatalogPin
  readonly quantity: number
  /** Things that a person should know, sorted: `early_fraud_warning`. */
  readonly flags: readonly string[]
  /** Present when the subscription is on one of Stripe's test clocks. */
  readonly testClock?: TestClock
  /** The seller's own notes; absent = none. */
  readonly metadata?: Metadata
  /** Absent = the first key, never replaced. */
  readonly keyring?: Keyring
  /** What dunning lets the sold software tell its user about payments; absent = nothing. */
  readonly billingNotice?: BillingNotice
  /** What each axis says by itself, for explanations. */
  readonly axes: LicenseAxes
}

export interface Upcoming {
  /** `scheduled` comes with time, `awaiting_payment` with the payment of its invoice (and lapses without it). */
  readonly kind: 'scheduled' | 'awaiting_payment'
  /** When it takes effect, or lapses. Unix seconds; null = not told. */
  readonly at: number | null
  readonly price: string
  /** null = the catalog does not know the price (yet). */
  readonly tier: string | null
  readonly quantity: number
}

export interface LicenseAxes {
  readonly billing: BillingStatus
  readonly billingReason: string | null
  readonly overlay: 'none' | 'downgraded' | 'suspended'
  readonly override: 'none' | 'suspended' | 'revoked'
}

/** A license before the other axes are applied. */
export type BilledLicense = Omit<DerivedLicense, 'axes'>

/** Why a purchase waits for a person; the values of a metric's label. */
export const REVIEW_REASONS = ['unknown_price', 'ambiguous_order', 'snapshot_refused'] as const

/** Something that could not become (or stay) a license without a person's decision. */
export interface Review {
  /** Deterministic, so that a replay finds the same entry. */
  readonly id: string
  readonly reason: (typeof REVIEW_REASONS)[number]
  readonly customer: string | null
  /** Stripe ids to look at. */
  readonly subjects: readonly string[]
  readonly price: string | null
  /** Minor units that were paid without a license, per currency. */
  readonly atRisk: Readonly<Record<string, number>>
}

/** A question that only Stripe can answer; the answer comes back as a fact. */
export interface SnapshotNeed {
  readonly what:
    | 'test_clock'
    | 'checkout_session_line_items'
    | 'subscription'
    | 'invoice'
    | 'invoice_payments'
  readonly subject: string
}

export interface Derived {
  readonly licenses: readonly DerivedLicense[]
  /** Ids of licenses that turned out to be continued by another -> that other. */
  readonly aliases: Readonly<Record<string, string>>
  readonly reviews: readonly Review[]
  readonly needs: readonly SnapshotNeed[]
  /** Subscriptions seen twice in their last second, by how it was decided which came last. */
  readonly ties: readonly Tie[]
}

export type Tie = 'chain' | 'ambiguous'

/** What billing alone gives, of a part of the ledger. */
export interface Billed {
  readonly licenses: readonly BilledLicense[]
  readonly reviews: readonly Review[]
  readonly needs: readonly SnapshotNeed[]
  readonly ties: readonly Tie[]
}

/** Choices of the seller. Durations in seconds. */
export interface Policy {
  /** Renewal invoices stay drafts for about an hour: expiring on the dot would blink every license at every renewal. */
  readonly slack: number
  /** What `pause_collection` means for the license. */
  readonly pausedCollection: 'suspend' | 'keep'
  /** What a formal dispute does while it is open. */
  readonly openDispute: 'suspend' | 'keep'
  /** What an early fraud warning does: only flag the license, or suspend it until it is settled. */
  readonly fraudWarning: 'flag' | 'suspend'
  /** What the end of a subscription leaves. */
  readonly ended: 'expire' | 'revoke' | 'free_tier' | 'perpetual'
  /** Tier of `free_tier`. */
  readonly freeTier: string
  /** Seconds after the last paid period for which a failed payment leaves the license usable, as dunning's policy has it. */
  readonly grace: number
  /** Seconds after the end within which a new subscription to the product continues the license; 0 = never. */
  readonly resubscribeWindow: number
}

export const DEFAULT_POLICY: Policy = {
  slack: 86_400,
  pausedCollection: 'suspend',
  openDispute: 'suspend',
  fraudWarning: 'flag',
  ended: 'revoke',
  freeTier: 'free',
  grace: 14 * 86_400,
  resubscribeWindow: 30 * 86_400,
}

/** Gives the same id for the same name, for ever (UUIDv5): any race or replay yields one license. */
export type IdentifyLicense = (name: string) => string
