import { cancelSubscription } from '../billing/cancel-subscription.ts'
import { collectInvoice } from '../billing/collect-invoice.ts'
import { pauseSubscription } from '../billing/pause-subscription.ts'
import { FORCED_DECLINE } from '../billing/payments.ts'
import { renewSubscription } from '../billing/renewal.ts'
import { paymentMethodOf } from '../billing/subscription-payment.ts'
import type { CardBehavior } from '../catalog/test-cards.ts'
import type { Call, Route } from '../http/route.ts'
import type { InvoiceRecord } from '../objects/invoice.ts'
import type { SubscriptionRecord } from '../objects/subscription.ts'

const subscriptionOf = ({ world, id }: Call): SubscriptionRecord => world.need('subscription', id, 'id')

/** `outcome` says how a payment ends; without it the card decides. */
const behaviorIn = ({ params }: Call): CardBehavior | undefined => {
  switch (params.word('outcome', ['succeed', 'fail', 'action_required'])) {
    case 'succeed':
      return { kind: 'succeeds' }
    case 'fail':
      return FORCED_DECLINE
    case 'action_required':
      return { kind: 'requires_action' }
    default:
      return undefined
  }
}

/** The schedule tries an open invoice once more. */
const attempt = (call: Call): InvoiceRecord => {
  const { world, id } = call
  const invoice = world.need('invoice', id, 'id')
  const customer = world.need('customer', invoice.customer, 'customer')
  const method = paymentMethodOf(world, customer, world.get('subscription', invoice.subscription))
  const behavior = behaviorIn(call)
  return collectInvoice(world, invoice, {
    method,
    automatic: true,
    ...(behavior === undefined ? {} : { behavior }),
  }).invoice
}

/** What happens when the last automatic try has failed is a setting of the account: here it is a parameter. */
const giveUp = (call: Call): SubscriptionRecord => {
  const { params, world } = call
  const subscription = subscriptionOf(call)
  switch (params.word('action', ['cancel', 'unpaid', 'pause'])) {
    case 'unpaid':
      return world.change('customer.subscription.updated', subscription, { status: 'unpaid' })
    case 'pause':
      return pauseSubscription(world, subscription, 'final_payment_failure')
    default:
      return cancelSubscription(world, subscription, { reason: 'payment_failed' })
  }
}

/** What time, banks and settings do to subscriptions, played on request. */
export const sandboxBillingRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/v1/sandbox/subscriptions/:id/renew',
    handle: (call) => {
      const behavior = behaviorIn(call)
      const how = behavior === undefined ? {} : { behavior }
      return { record: renewSubscription(call.world, subscriptionOf(call), how) }
    },
  },
  {
    method: 'POST',
    path: '/v1/sandbox/subscriptions/:id/trial_will_end',
    handle: (call) => {
      const subscription = subscriptionOf(call)
      call.world.emit('customer.subscription.trial_will_end', subscription)
      return { record: subscription }
    },
  },
  {
    method: 'POST',
    path: '/v1/sandbox/subscriptions/:id/give_up',
    handle: (call) => ({ record: giveUp(call) }),
  },
  {
    method: 'POST',
    path: '/v1/sandbox/invoices/:id/attempt',
    handle: (call) => ({ record: attempt(call) }),
  },
]
