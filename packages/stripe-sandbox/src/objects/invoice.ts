import type { PriceRecord } from './catalog.ts'
import type { Metadata } from './metadata.ts'

export type InvoiceStatus = 'draft' | 'open' | 'paid' | 'uncollectible' | 'void'

export type BillingReason = 'manual' | 'subscription_create' | 'subscription_cycle' | 'subscription_update'

export type Period = { readonly start: number; readonly end: number }

export interface InvoiceLineRecord {
  readonly id: string
  /** Minor units; negative for a credit. */
  readonly amount: number
  readonly currency: string
  readonly description: string
  readonly invoice_item: string | null
  readonly metadata: Metadata
  readonly period: Period
  /** null for a plain amount without a price. */
  readonly price: PriceRecord | null
  readonly proration: boolean
  readonly quantity: number
  readonly subscription: string | null
  readonly subscription_item: string | null
}

export interface InvoiceRecord {
  readonly object: 'invoice'
  readonly id: string
  readonly created: number
  readonly amount_due: number
  readonly amount_paid: number
  readonly attempt_count: number
  readonly attempted: boolean
  readonly auto_advance: boolean
  readonly billing_reason: BillingReason
  readonly charge: string | null
  readonly collection_method: 'charge_automatically' | 'send_invoice'
  readonly currency: string
  readonly customer: string
  readonly customer_email: string | null
  readonly customer_name: string | null
  readonly default_payment_method: string | null
  readonly description: string | null
  readonly due_date: number | null
  readonly ending_balance: number | null
  readonly finalized_at: number | null
  /** When a draft is finalized by itself: time for the seller to add to it. */
  readonly finalizes_at: number | null
  /** The page on which the customer pays it. */
  readonly hosted_url: string | null
  readonly lines: readonly InvoiceLineRecord[]
  readonly marked_uncollectible_at: number | null
  readonly metadata: Metadata
  readonly next_payment_attempt: number | null
  readonly number: string | null
  readonly paid_at: number | null
  readonly paid_out_of_band: boolean
  readonly payment_intent: string | null
  readonly period: Period
  readonly starting_balance: number
  readonly status: InvoiceStatus
  readonly subscription: string | null
  /** The subscription's metadata when the invoice was made. */
  readonly subscription_metadata: Metadata
  readonly subtotal: number
  readonly test_clock: string | null
  readonly total: number
  readonly voided_at: number | null
}

/** Something to be billed on the next invoice of a customer or a subscription. */
export interface InvoiceItemRecord {
  readonly object: 'invoiceitem'
  readonly id: string
  readonly created: number
  readonly amount: number
  readonly currency: string
  readonly customer: string
  readonly description: string | null
  readonly invoice: string | null
  readonly metadata: Metadata
  readonly period: Period
  readonly price: PriceRecord | null
  readonly proration: boolean
  readonly quantity: number
  readonly subscription: string | null
  readonly subscription_item: string | null
  readonly test_clock: string | null
}

export interface InvoicePaymentRecord {
  readonly object: 'invoice_payment'
  readonly id: string
  readonly created: number
  readonly amount_paid: number | null
  readonly amount_requested: number
  readonly canceled_at: number | null
  readonly currency: string
  readonly invoice: string
  readonly paid_at: number | null
  readonly payment_intent: string
  readonly status: 'open' | 'paid' | 'canceled'
}
