import { usePaymentMethod } from '../billing/payment-methods.ts'
import { confirmIntent, createIntent } from '../billing/payments.ts'
import { settleAction, settleDebit } from '../billing/settle-payment.ts'
import { paginate } from '../http/pages.ts'
import type { Call, Route } from '../http/route.ts'
import { invalidRequest } from '../http/stripe-error.ts'
import { readShipping } from '../objects/address.ts'
import type { PaymentIntentRecord } from '../objects/payment.ts'

const intentOf = ({ world, id }: Call): PaymentIntentRecord => world.need('payment_intent', id, 'id')

const confirm = ({ params, world }: Call, intent: PaymentIntentRecord): PaymentIntentRecord => {
  if (intent.status === 'succeeded' || intent.status === 'canceled')
    throw invalidRequest(
      `This PaymentIntent's status is ${intent.status}; it cannot be confirmed.`,
      undefined,
      'payment_intent_unexpected_state',
    )
  const given = params.text('payment_method') ?? intent.payment_method
  if (given === null)
    throw invalidRequest(
      'You cannot confirm this PaymentIntent because it is missing a payment method.',
      undefined,
      'payment_intent_unexpected_state',
    )
  const result = confirmIntent(world, intent, usePaymentMethod(world, given, 'payment_method'))
  if (result.status === 'declined') throw result.error
  return result.intent
}

const create = (call: Call): PaymentIntentRecord => {
  const { params, world } = call
  const amount = params.integer('amount')
  if (amount === undefined)
    throw invalidRequest('Missing required param: amount.', 'amount', 'parameter_missing')
  if (amount < 1)
    throw invalidRequest(
      'This value must be greater than or equal to 1.',
      'amount',
      'parameter_invalid_integer',
    )
  const customer = params.text('customer') ?? null
  if (customer !== null) world.need('customer', customer, 'customer')
  const shipping = params.nested('shipping')
  const created = createIntent(world, {
    amount,
    currency: params.requiredText('currency').toLowerCase(),
    customer,
    description: params.text('description') ?? null,
    metadata: params.map('metadata') ?? {},
    payment_method_types: params.texts('payment_method_types') ?? ['card'],
    receipt_email: params.text('receipt_email') ?? null,
    shipping: shipping === undefined ? null : readShipping(shipping),
  })
  if (params.flag('confirm') === true) return confirm(call, created)
  const given = params.text('payment_method')
  if (given === undefined) return created
  const method = usePaymentMethod(world, given, 'payment_method')
  return world.put<PaymentIntentRecord>({
    ...created,
    payment_method: method.id,
    status: 'requires_confirmation',
  })
}

const cancel = (call: Call): PaymentIntentRecord => {
  const { world } = call
  const intent = intentOf(call)
  if (intent.status === 'succeeded' || intent.status === 'canceled')
    throw invalidRequest(
      `You cannot cancel this PaymentIntent because it has a status of ${intent.status}.`,
      undefined,
      'payment_intent_unexpected_state',
    )
  const canceled = world.put<PaymentIntentRecord>({ ...intent, status: 'canceled', canceled_at: world.now })
  world.emit('payment_intent.canceled', canceled)
  return canceled
}

export const paymentIntentRoutes: readonly Route[] = [
  { method: 'POST', path: '/v1/payment_intents', handle: (call) => ({ record: create(call) }) },
  {
    method: 'GET',
    path: '/v1/payment_intents',
    handle: ({ world, params }) => {
      const customer = params.text('customer')
      const intents = world
        .all('payment_intent')
        .filter((intent) => (customer ?? intent.customer) === intent.customer)
      return { page: paginate(intents, params, '/v1/payment_intents') }
    },
  },
  { method: 'GET', path: '/v1/payment_intents/:id', handle: (call) => ({ record: intentOf(call) }) },
  {
    method: 'POST',
    path: '/v1/payment_intents/:id/confirm',
    handle: (call) => ({ record: confirm(call, intentOf(call)) }),
  },
  {
    method: 'POST',
    path: '/v1/payment_intents/:id/cancel',
    handle: (call) => ({ record: cancel(call) }),
  },
  {
    method: 'POST',
    path: '/v1/sandbox/payment_intents/:id/settle',
    handle: (call) => {
      const succeeds = call.params.word('outcome', ['succeed', 'fail']) !== 'fail'
      const intent = intentOf(call)
      const settle = intent.status === 'processing' ? settleDebit : settleAction
      return { record: settle(call.world, intent, succeeds) }
    },
  },
]
