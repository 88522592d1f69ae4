import type { PriceRecord } from './catalog.ts'
import type { Metadata } from './metadata.ts'

export type SubscriptionStatus =
  | 'incomplete'
  | 'incomplete_expired'
  | 'trialing'
  | 'active'
  | 'past_due'
  | 'unpaid'
  | 'paused'
  | 'canceled'

export interface SubscriptionItemRecord {
  readonly object: 'subscription_item'
  readonly id: string
  readonly created: number
  readonly current_period_end: number
  readonly current_period_start: number
  readonly metadata: Metadata
  readonly price: PriceRecord
  readonly quantity: number
  readonly subscription: string
}

export type PauseCollection = {
  readonly behavior: 'keep_as_draft' | 'mark_uncollectible' | 'void'
  readonly resumes_at: number | null
}

export type CancellationDetails = {
  readonly comment: string | null
  readonly feedback: string | null
  readonly reason: string | null
}

export type MissingPaymentMethod = 'create_invoice' | 'pause' | 'cancel'

export interface SubscriptionRecord {
  readonly object: 'subscription'
  readonly id: string
  readonly created: number
  readonly billing_cycle_anchor: number
  readonly cancel_at: number | null
  readonly cancel_at_period_end: boolean
  readonly canceled_at: number | null
  readonly cancellation_details: CancellationDetails
  readonly collection_method: 'charge_automatically' | 'send_invoice'
  readonly currency: string
  readonly customer: string
  readonly days_until_due: number | null
  readonly default_payment_method: string | null
  readonly description: string | null
  readonly ended_at: number | null
  readonly items: readonly SubscriptionItemRecord[]
  readonly latest_invoice: string | null
  readonly metadata: Metadata
  readonly missing_payment_method: MissingPaymentMethod
  readonly pause_collection: PauseCollection | null
  /** Why a subscription with status `paused` was paused, and when. */
  readonly paused: { readonly type: string; readonly transitioned_at: number } | null
  readonly start_date: number
  readonly status: SubscriptionStatus
  readonly test_clock: string | null
  readonly trial_end: number | null
  readonly trial_start: number | null
}
