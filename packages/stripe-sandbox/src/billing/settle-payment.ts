import type { CardBehavior } from '../catalog/test-cards.ts'
import type { World } from '../events/world.ts'
import { invalidRequest } from '../http/stripe-error.ts'
import type { CheckoutSessionRecord } from '../objects/checkout-session.ts'
import type { ChargeRecord, PaymentIntentRecord } from '../objects/payment.ts'
import { collectInvoice } from './collect-invoice.ts'
import { confirmIntent } from './payments.ts'

const AUTHENTICATION_FAILED: CardBehavior = {
  kind: 'declines',
  code: 'payment_intent_authentication_failure',
  decline_code: 'authentication_required',
  message: 'The provided payment method has failed authentication.',
  at: 'charge',
}

/** The customer answered, or failed, the bank's question of a payment that waited for it. */
export const settleAction = (
  world: World,
  intent: PaymentIntentRecord,
  succeeds: boolean,
): PaymentIntentRecord => {
  const method = world.get('payment_method', intent.payment_method)
  if (intent.status !== 'requires_action' || method === undefined)
    throw invalidRequest(`This PaymentIntent's status is ${intent.status}; nothing waits to be settled.`)
  const behavior: CardBehavior = succeeds ? { kind: 'succeeds' } : AUTHENTICATION_FAILED
  const invoice = world.get('invoice', intent.invoice)
  if (invoice === undefined) confirmIntent(world, intent, method, behavior)
  else collectInvoice(world, invoice, { method, behavior, automatic: false })
  return world.need('payment_intent', intent.id, 'id')
}

const settleSession = (world: World, intent: PaymentIntentRecord, succeeds: boolean): void => {
  const session = world.all('checkout.session').find(({ payment_intent }) => payment_intent === intent.id)
  if (session === undefined) return
  const settled = world.put<CheckoutSessionRecord>({
    ...session,
    payment_status: succeeds ? 'paid' : 'unpaid',
  })
  world.emit(
    succeeds ? 'checkout.session.async_payment_succeeded' : 'checkout.session.async_payment_failed',
    settled,
  )
}

const RETURNED = {
  code: 'payment_intent_payment_attempt_failed',
  decline_code: 'generic_decline',
  message: 'The payment failed.',
} as const

/** The bank's late answer to a debit. */
export const settleDebit = (
  world: World,
  intent: PaymentIntentRecord,
  succeeds: boolean,
): PaymentIntentRecord => {
  const charge = world.get('charge', intent.latest_charge)
  if (intent.status !== 'processing' || charge === undefined)
    throw invalidRequest(`This PaymentIntent's status is ${intent.status}; nothing waits to be settled.`)
  const answered = world.put<ChargeRecord>({
    ...charge,
    status: succeeds ? 'succeeded' : 'failed',
    failure: succeeds ? null : RETURNED,
  })
  const settled = world.put<PaymentIntentRecord>({
    ...intent,
    amount_received: succeeds ? intent.amount : 0,
    status: succeeds ? 'succeeded' : 'requires_payment_method',
  })
  world.emit(succeeds ? 'charge.succeeded' : 'charge.failed', answered)
  world.emit(succeeds ? 'payment_intent.succeeded' : 'payment_intent.payment_failed', settled)
  settleSession(world, settled, succeeds)
  return settled
}
