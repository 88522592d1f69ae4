import type { JsonObject } from '../json.ts'
import type { Shipping } from './address.ts'
import type { Metadata } from './metadata.ts'
import type { BillingDetails, PaymentMethodKind } from './payment-method.ts'

export type PaymentIntentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'processing'
  | 'succeeded'
  | 'canceled'

export interface PaymentIntentRecord {
  readonly object: 'payment_intent'
  readonly id: string
  readonly created: number
  readonly amount: number
  readonly amount_received: number
  readonly canceled_at: number | null
  readonly client_secret: string
  readonly currency: string
  readonly customer: string | null
  readonly description: string | null
  /** Shown only before 2025-03-31.basil; newer versions go through invoice payments. */
  readonly invoice: string | null
  readonly last_payment_error: JsonObject | null
  readonly latest_charge: string | null
  readonly metadata: Metadata
  readonly payment_method: string | null
  readonly payment_method_types: readonly string[]
  readonly receipt_email: string | null
  readonly shipping: Shipping | null
  readonly status: PaymentIntentStatus
}

export interface RefundRecord {
  readonly object: 'refund'
  readonly id: string
  readonly created: number
  readonly amount: number
  readonly charge: string
  readonly currency: string
  readonly metadata: Metadata
  readonly payment_intent: string | null
  readonly reason: string | null
  readonly status: 'pending' | 'succeeded' | 'failed'
}

export interface ChargeRecord {
  readonly object: 'charge'
  readonly id: string
  readonly created: number
  readonly amount: number
  readonly amount_refunded: number
  readonly billing_details: BillingDetails
  readonly currency: string
  readonly customer: string | null
  readonly description: string | null
  readonly disputed: boolean
  readonly failure: { readonly code: string; readonly message: string; readonly decline_code: string } | null
  readonly invoice: string | null
  readonly metadata: Metadata
  readonly payment_intent: string
  readonly payment_method: string
  readonly payment_method_kind: PaymentMethodKind
  readonly receipt_email: string | null
  readonly refunds: readonly RefundRecord[]
  readonly shipping: Shipping | null
  readonly status: 'succeeded' | 'pending' | 'failed'
}

export type DisputeStatus =
  | 'warning_needs_response'
  | 'warning_under_review'
  | 'warning_closed'
  | 'needs_response'
  | 'under_review'
  | 'won'
  | 'lost'

export interface DisputeRecord {
  readonly object: 'dispute'
  readonly id: string
  readonly created: number
  readonly amount: number
  readonly charge: string
  readonly currency: string
  /** Unix seconds. */
  readonly due_by: number
  readonly evidence: Readonly<Record<string, string>>
  readonly metadata: Metadata
  readonly payment_intent: string
  readonly reason: string
  readonly status: DisputeStatus
  readonly submission_count: number
}
