import {
  attachPaymentMethod,
  cardNamed,
  createPaymentMethod,
  usePaymentMethod,
} from '../billing/payment-methods.ts'
import { paginate } from '../http/pages.ts'
import type { Call, Route } from '../http/route.ts'
import { invalidRequest } from '../http/stripe-error.ts'
import { emptyAddress, readAddress } from '../objects/address.ts'
import type { BillingDetails, PaymentMethodKind, PaymentMethodRecord } from '../objects/payment-method.ts'

/** Test IBANs whose debit the bank returns (the Italian one is the CLI's); every other one settles. */
const RETURNED_IBANS = ['AT861904300235473202', 'DE62370400440532013001', 'IT60X0542811101000000123456']

const readKind = ({ params }: Call): PaymentMethodKind => {
  const type = params.word('type', ['card', 'sepa_debit'])
  if (type === undefined) throw invalidRequest('Missing required param: type.', 'type', 'parameter_missing')
  if (type === 'sepa_debit') {
    const iban = params.nested('sepa_debit')?.requiredText('iban') ?? ''
    return { type, last4: iban.slice(-4), settles: !RETURNED_IBANS.includes(iban) }
  }
  const card = params.nested('card')
  const given = card?.text('token') ?? card?.text('number')
  if (given === undefined) throw invalidRequest('Missing required param: card.', 'card', 'parameter_missing')
  return { type, card: cardNamed(given, 'card') }
}

const readDetails = ({ params }: Call): Partial<BillingDetails> => {
  const details = params.nested('billing_details')
  if (details === undefined) return {}
  const address = details.nested('address')
  return {
    address: address === undefined ? emptyAddress : readAddress(address),
    email: details.text('email') ?? null,
    name: details.text('name') ?? null,
    phone: details.text('phone') ?? null,
  }
}

const detach = (call: Call): PaymentMethodRecord => {
  const { world, id } = call
  const method = world.need('payment_method', id, 'id')
  if (method.customer === null)
    throw invalidRequest(
      'The payment method you provided is not attached to a customer so detachment is impossible.',
    )
  const detached = world.put<PaymentMethodRecord>({ ...method, customer: null })
  world.emit('payment_method.detached', detached, method)
  return detached
}

export const paymentMethodRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/v1/payment_methods',
    handle: (call) => ({ record: createPaymentMethod(call.world, readKind(call), readDetails(call)) }),
  },
  {
    method: 'GET',
    path: '/v1/payment_methods',
    handle: ({ world, params }) => {
      const customer = params.text('customer') ?? null
      const methods = world.all('payment_method').filter((method) => method.customer === customer)
      return { page: paginate(customer === null ? [] : methods, params, '/v1/payment_methods') }
    },
  },
  {
    method: 'GET',
    path: '/v1/payment_methods/:id',
    handle: ({ world, id }) => ({ record: usePaymentMethod(world, id, 'id') }),
  },
  {
    method: 'POST',
    path: '/v1/payment_methods/:id/attach',
    handle: ({ world, params, id }) => {
      const customer = world.need('customer', params.requiredText('customer'), 'customer')
      return { record: attachPaymentMethod(world, usePaymentMethod(world, id, 'id'), customer) }
    },
  },
  {
    method: 'POST',
    path: '/v1/payment_methods/:id/detach',
    handle: (call) => ({ record: detach(call) }),
  },
]
