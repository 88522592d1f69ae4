import type { Address } from './address.ts'
import type { PriceRecord } from './catalog.ts'
import type { Metadata } from './metadata.ts'

export interface CheckoutLineItem {
  readonly id: string
  readonly description: string
  readonly price: PriceRecord
  readonly quantity: number
}

export type CustomerDetails = {
  readonly address: Address | null
  readonly email: string | null
  readonly name: string | null
  readonly phone: string | null
}

export interface CheckoutSessionRecord {
  readonly object: 'checkout.session'
  readonly id: string
  readonly created: number
  readonly amount_total: number
  readonly cancel_url: string | null
  readonly client_reference_id: string | null
  readonly currency: string
  readonly customer: string | null
  readonly customer_creation: 'always' | 'if_required' | null
  readonly customer_details: CustomerDetails | null
  readonly customer_email: string | null
  readonly expires_at: number
  readonly invoice: string | null
  /** One-time payments make an invoice only when asked to. */
  readonly invoice_creation: boolean
  readonly line_items: readonly CheckoutLineItem[]
  readonly locale: string | null
  readonly metadata: Metadata
  readonly mode: 'payment' | 'subscription'
  readonly payment_intent: string | null
  readonly payment_intent_metadata: Metadata
  readonly payment_method_types: readonly string[]
  readonly payment_status: 'paid' | 'unpaid' | 'no_payment_required'
  readonly status: 'open' | 'complete' | 'expired'
  readonly subscription: string | null
  readonly subscription_metadata: Metadata
  readonly success_url: string | null
  readonly trial_period_days: number | null
  readonly ui_mode: string
  readonly url: string | null
}
