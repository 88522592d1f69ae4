import { type CardBehavior, testCard } from '../catalog/test-cards.ts'
import type { World } from '../events/world.ts'
import { StripeError } from '../http/stripe-error.ts'
import { newId, randomToken } from '../identifiers.ts'
import type { Shipping } from '../objects/address.ts'
import type { Metadata } from '../objects/metadata.ts'
import type { ChargeRecord, PaymentIntentRecord } from '../objects/payment.ts'
import type { PaymentMethodRecord } from '../objects/payment-method.ts'
import { render } from '../render/render.ts'
import { openDispute } from './disputes.ts'

type Declines = Extract<CardBehavior, { kind: 'declines' }>

export type PaymentResult =
  | { readonly status: 'succeeded'; readonly intent: PaymentIntentRecord; readonly charge: ChargeRecord }
  | { readonly status: 'processing'; readonly intent: PaymentIntentRecord; readonly charge: ChargeRecord }
  | { readonly status: 'requires_action'; readonly intent: PaymentIntentRecord }
  | { readonly status: 'declined'; readonly intent: PaymentIntentRecord; readonly error: StripeError }

export interface NewIntent {
  readonly amount: number
  readonly currency: string
  readonly customer: string | null
  readonly description?: string | null
  readonly invoice?: string | null
  readonly metadata?: Metadata
  readonly payment_method_types?: readonly string[]
  readonly receipt_email?: string | null
  readonly shipping?: Shipping | null
}

/** What the sandbox uses when a test asks for a failure, whatever the card would do. */
export const FORCED_DECLINE: CardBehavior = {
  kind: 'declines',
  code: 'card_declined',
  decline_code: 'insufficient_funds',
  message: 'Your card has insufficient funds.',
  at: 'charge',
}

/** An intent without a payment method, with its `payment_intent.created`. */
export const createIntent = (world: World, given: NewIntent): PaymentIntentRecord => {
  const id = newId('pi')
  const intent = world.put<PaymentIntentRecord>({
    object: 'payment_intent',
    id,
    created: world.wallNow,
    amount: given.amount,
    amount_received: 0,
    canceled_at: null,
    client_secret: `${id}_secret_${randomToken(25)}`,
    currency: given.currency,
    customer: given.customer,
    description: given.description ?? null,
    invoice: given.invoice ?? null,
    last_payment_error: null,
    latest_charge: null,
    metadata: given.metadata ?? {},
    payment_method: null,
    payment_method_types: given.payment_method_types ?? ['card'],
    receipt_email: given.receipt_email ?? null,
    shipping: given.shipping ?? null,
    status: 'requires_payment_method',
  })
  world.emit('payment_intent.created', intent)
  return intent
}

const createCharge = (
  world: World,
  intent: PaymentIntentRecord,
  method: PaymentMethodRecord,
  outcome: Pick<ChargeRecord, 'status' | 'failure'>,
): ChargeRecord =>
  world.put<ChargeRecord>({
    object: 'charge',
    id: newId(method.kind.type === 'card' ? 'ch' : 'py'),
    created: world.wallNow,
    amount: intent.amount,
    amount_refunded: 0,
    billing_details: method.billing_details,
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    invoice: intent.invoice,
    metadata: intent.metadata,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_kind: method.kind,
    receipt_email: intent.receipt_email,
    refunds: [],
    shipping: intent.shipping,
    ...outcome,
  })

const decline = (
  world: World,
  intent: PaymentIntentRecord,
  method: PaymentMethodRecord,
  { code, decline_code, message }: Declines,
): PaymentResult => {
  const charge = createCharge(world, intent, method, {
    status: 'failed',
    failure: { code, decline_code, message },
  })
  const failed = world.put<PaymentIntentRecord>({
    ...intent,
    last_payment_error: {
      charge: charge.id,
      code,
      decline_code,
      message,
      payment_method: render(method, 'newest'),
      type: 'card_error',
    },
    latest_charge: charge.id,
    payment_method: null,
    status: 'requires_payment_method',
  })
  world.emit('charge.failed', charge)
  world.emit('payment_intent.payment_failed', failed)
  const error = new StripeError({
    status: 402,
    type: 'card_error',
    code,
    message,
    details: { charge: charge.id, decline_code, payment_intent: render(failed, 'newest') },
    keepsChanges: true,
  })
  return { status: 'declined', intent: failed, error }
}

const succeed = (
  world: World,
  intent: PaymentIntentRecord,
  method: PaymentMethodRecord,
  behavior: CardBehavior,
): PaymentResult => {
  const charge = createCharge(world, intent, method, { status: 'succeeded', failure: null })
  const paid = world.put<PaymentIntentRecord>({
    ...intent,
    amount_received: intent.amount,
    last_payment_error: null,
    latest_charge: charge.id,
    payment_method: method.id,
    status: 'succeeded',
  })
  world.emit('charge.succeeded', charge)
  world.emit('payment_intent.succeeded', paid)
  if (behavior.kind === 'disputes') openDispute(world, charge, behavior)
  return { status: 'succeeded', intent: paid, charge }
}

/** A bank debit is accepted now and settles days later. */
const process = (world: World, intent: PaymentIntentRecord, method: PaymentMethodRecord): PaymentResult => {
  const charge = createCharge(world, intent, method, { status: 'pending', failure: null })
  const processing = world.put<PaymentIntentRecord>({
    ...intent,
    latest_charge: charge.id,
    payment_method: method.id,
    status: 'processing',
  })
  world.emit('charge.pending', charge)
  world.emit('payment_intent.processing', processing)
  return { status: 'processing', intent: processing, charge }
}

/** What a payment with this method does by itself. */
export const behaviorOf = ({ kind }: PaymentMethodRecord): CardBehavior =>
  kind.type === 'card' ? testCard(kind.card).behavior : { kind: 'succeeds' }

/** Tries to take the money; `behavior` overrides what the card would do. */
export const confirmIntent = (
  world: World,
  intent: PaymentIntentRecord,
  method: PaymentMethodRecord,
  behavior: CardBehavior = behaviorOf(method),
): PaymentResult => {
  if (method.kind.type === 'sepa_debit') return process(world, intent, method)
  if (behavior.kind === 'declines') return decline(world, intent, method, behavior)
  if (behavior.kind !== 'requires_action') return succeed(world, intent, method, behavior)
  const waiting = world.put<PaymentIntentRecord>({
    ...intent,
    payment_method: method.id,
    status: 'requires_action',
  })
  world.emit('payment_intent.requires_action', waiting)
  return { status: 'requires_action', intent: waiting }
}
