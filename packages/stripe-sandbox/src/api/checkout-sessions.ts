import { completeCheckout } from '../billing/complete-checkout.ts'
import { usePaymentMethod } from '../billing/payment-methods.ts'
import { createdFilter, listBody, paginate } from '../http/pages.ts'
import type { Params } from '../http/params.ts'
import type { Call, Route } from '../http/route.ts'
import { invalidRequest } from '../http/stripe-error.ts'
import { emptyAddress } from '../objects/address.ts'
import type { CheckoutSessionRecord } from '../objects/checkout-session.ts'
import { renderCheckoutLineItem } from '../render/newest/checkout-session.ts'
import { createCheckoutSession } from './create-checkout-session.ts'

const sessionOf = ({ world, id }: Call): CheckoutSessionRecord => world.need('checkout.session', id, 'id')

const complete = (call: Call): CheckoutSessionRecord => {
  const { params, world } = call
  const session = sessionOf(call)
  const method = usePaymentMethod(world, params.text('card') ?? 'pm_card_visa', 'card')
  const email = params.text('email') ?? null
  const name = params.text('name') ?? null
  const country = params.text('country')
  const address = country === undefined ? null : { ...emptyAddress, country }
  const billed = world.put({
    ...method,
    billing_details: { ...method.billing_details, email, name, address: address ?? emptyAddress },
  })
  if (email === null && session.customer === null && session.customer_email === null)
    throw invalidRequest('Missing required param: email.', 'email', 'parameter_missing')
  return completeCheckout(world, session, { email, name, address, method: billed })
}

const expire = (call: Call): CheckoutSessionRecord => {
  const session = sessionOf(call)
  if (session.status !== 'open')
    throw invalidRequest(
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of \`${session.status}\`.`,
    )
  const expired = call.world.put<CheckoutSessionRecord>({ ...session, status: 'expired', url: null })
  call.world.emit('checkout.session.expired', expired)
  return expired
}

const sessionFilter = (params: Params) => {
  const inTime = createdFilter(params)
  return (session: CheckoutSessionRecord): boolean =>
    inTime(session.created) &&
    (params.text('status') ?? session.status) === session.status &&
    (params.text('customer') ?? session.customer) === session.customer &&
    (params.text('payment_intent') ?? session.payment_intent) === session.payment_intent &&
    (params.text('subscription') ?? session.subscription) === session.subscription
}

export const checkoutSessionRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/v1/checkout/sessions',
    handle: (call) => ({ record: createCheckoutSession(call) }),
  },
  {
    method: 'GET',
    path: '/v1/checkout/sessions',
    handle: ({ world, params }) => ({
      page: paginate(world.all('checkout.session'), params, '/v1/checkout/sessions', sessionFilter(params)),
    }),
  },
  {
    method: 'GET',
    path: '/v1/checkout/sessions/:id',
    handle: (call) => ({ record: sessionOf(call) }),
  },
  {
    method: 'GET',
    path: '/v1/checkout/sessions/:id/line_items',
    handle: (call) => {
      // Line items keep the order in which they were bought; every other list is newest first.
      const items = sessionOf(call).line_items.toReversed()
      const page = paginate(items, call.params, `/v1/checkout/sessions/${call.id}/line_items`)
      return { json: listBody(page.data.map(renderCheckoutLineItem), page) }
    },
  },
  {
    method: 'POST',
    path: '/v1/checkout/sessions/:id/expire',
    handle: (call) => ({ record: expire(call) }),
  },
  {
    method: 'POST',
    path: '/v1/sandbox/checkout/sessions/:id/complete',
    handle: (call) => ({ record: complete(call) }),
  },
]
