import { findTestCard, type TestCardName, testCard } from '../catalog/test-cards.ts'
import type { World } from '../events/world.ts'
import { invalidRequest, missingResource, StripeError } from '../http/stripe-error.ts'
import { newId } from '../identifiers.ts'
import { emptyAddress } from '../objects/address.ts'
import type { CustomerRecord } from '../objects/customer.ts'
import type { BillingDetails, PaymentMethodKind, PaymentMethodRecord } from '../objects/payment-method.ts'

const noDetails: BillingDetails = { address: emptyAddress, email: null, name: null, phone: null }

/** A payment method that belongs to nobody yet; it causes no event. */
export const createPaymentMethod = (
  world: World,
  kind: PaymentMethodKind,
  details: Partial<BillingDetails> = {},
): PaymentMethodRecord =>
  world.put<PaymentMethodRecord>({
    object: 'payment_method',
    id: newId('pm'),
    created: world.now,
    billing_details: { ...noDetails, ...details },
    customer: null,
    kind,
    metadata: {},
  })

/** `pm_card_visa`, `tok_visa` or a test card number; refuses what is no test card. */
export const cardNamed = (given: string, param: string): TestCardName => {
  const name = findTestCard(given)
  if (name === undefined) throw missingResource('PaymentMethod', given, param)
  return name
}

/** A stored payment method, or a new one when a test card's shared name is given. */
export const usePaymentMethod = (world: World, given: string, param: string): PaymentMethodRecord =>
  world.get('payment_method', given) ??
  createPaymentMethod(world, { type: 'card', card: cardNamed(given, param) })

/** Attaches to a customer; most declining test cards are refused here already. */
export const attachPaymentMethod = (
  world: World,
  method: PaymentMethodRecord,
  customer: CustomerRecord,
): PaymentMethodRecord => {
  if (method.customer === customer.id) return method
  if (method.customer !== null)
    throw invalidRequest('The payment method you provided has already been attached to a customer.')
  if (method.kind.type === 'card') {
    const { behavior } = testCard(method.kind.card)
    if (behavior.kind === 'declines' && behavior.at === 'attach') {
      const { code, decline_code, message } = behavior
      throw new StripeError({ status: 402, type: 'card_error', code, message, details: { decline_code } })
    }
  }
  const attached = world.put<PaymentMethodRecord>({ ...method, customer: customer.id })
  world.emit('payment_method.attached', attached)
  return attached
}
