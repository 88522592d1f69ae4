import { testCard } from '../../catalog/test-cards.ts'
import type { JsonObject } from '../../json.ts'
import type { PaymentMethodKind, PaymentMethodRecord } from '../../objects/payment-method.ts'

const EXPIRY = { exp_month: 12, exp_year: 2034 } as const

/** What can be shown of a card: never its number. */
export const renderCard = (kind: Extract<PaymentMethodKind, { type: 'card' }>): JsonObject => {
  const { number, brand } = testCard(kind.card)
  return {
    brand,
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
    country: 'US',
    ...EXPIRY,
    fingerprint: `fp${number.slice(-4)}${brand}`,
    funding: 'credit',
    last4: number.slice(-4),
    three_d_secure_usage: { supported: true },
    wallet: null,
  }
}

const renderKind = (kind: PaymentMethodKind): JsonObject =>
  kind.type === 'card'
    ? { card: renderCard(kind), type: 'card' }
    : {
        sepa_debit: { bank_code: '3704', branch_code: '', country: 'DE', last4: kind.last4 },
        type: 'sepa_debit',
      }

export const renderPaymentMethod = (method: PaymentMethodRecord): JsonObject => ({
  id: method.id,
  object: 'payment_method',
  allow_redisplay: 'unspecified',
  billing_details: { ...method.billing_details, tax_id: null },
  created: method.created,
  customer: method.customer,
  customer_account: null,
  livemode: false,
  metadata: method.metadata,
  ...renderKind(method.kind),
})

/** `payment_method_details` of a charge. */
export const renderPaymentMethodDetails = (kind: PaymentMethodKind, amount: number): JsonObject => {
  if (kind.type === 'sepa_debit') return renderKind(kind)
  const { three_d_secure_usage: _usage, ...card } = renderCard(kind)
  return {
    card: { ...card, amount_authorized: amount, installments: null, mandate: null, three_d_secure: null },
    type: 'card',
  }
}
