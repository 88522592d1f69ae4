import { completeCheckout } from '../billing/complete-checkout.ts'
import { usePaymentMethod } from '../billing/payment-methods.ts'
import { settleDebit } from '../billing/settle-payment.ts'
import type { Call, Route } from '../http/route.ts'
import { invalidRequest } from '../http/stripe-error.ts'
import type { CheckoutSessionRecord } from '../objects/checkout-session.ts'

const sessionOf = ({ world, id }: Call): CheckoutSessionRecord => world.need('checkout.session', id, 'id')

const confirm = (call: Call): CheckoutSessionRecord => {
  const { params, world } = call
  const session = sessionOf(call)
  const expected = params.integer('expected_amount')
  if (expected !== undefined && expected !== session.amount_total)
    throw invalidRequest(
      `The amount ${expected} does not match the amount of the page (${session.amount_total}).`,
      'expected_amount',
    )
  const method = usePaymentMethod(world, params.requiredText('payment_method'), 'payment_method')
  const { email, name } = method.billing_details
  const completed = completeCheckout(world, session, { email, name, address: null, method })
  const intent = world.get('payment_intent', completed.payment_intent)
  if (intent?.status === 'processing')
    settleDebit(world, intent, method.kind.type !== 'sepa_debit' || method.kind.settles)
  return completed
}

/** The hosted page's own calls. They are private at Stripe; the CLI's triggers buy through them. */
export const paymentPageRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/payment_pages/:id',
    handle: (call) => ({ record: sessionOf(call) }),
  },
  {
    method: 'POST',
    path: '/v1/payment_pages/:id/confirm',
    handle: (call) => ({ record: confirm(call) }),
  },
]
