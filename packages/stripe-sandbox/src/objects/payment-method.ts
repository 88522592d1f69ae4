import type { TestCardName } from '../catalog/test-cards.ts'
import type { Address } from './address.ts'
import type { Metadata } from './metadata.ts'

export type BillingDetails = {
  readonly address: Address
  readonly email: string | null
  readonly name: string | null
  readonly phone: string | null
}

/** How a payment with this method ends is written in the test card's name, as with Stripe's own test cards. */
export type PaymentMethodKind =
  | { readonly type: 'card'; readonly card: TestCardName }
  | { readonly type: 'sepa_debit'; readonly last4: string; readonly settles: boolean }

export interface PaymentMethodRecord {
  readonly object: 'payment_method'
  readonly id: string
  readonly created: number
  readonly billing_details: BillingDetails
  readonly customer: string | null
  readonly kind: PaymentMethodKind
  readonly metadata: Metadata
}
