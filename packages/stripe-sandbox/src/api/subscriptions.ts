import { cancelSubscription } from '../billing/cancel-subscription.ts'
import { oneTimeLine } from '../billing/invoice-lines.ts'
import { pauseSubscription, resumeSubscription } from '../billing/pause-subscription.ts'
import { attachPaymentMethod, usePaymentMethod } from '../billing/payment-methods.ts'
import { startSubscription } from '../billing/start-subscription.ts'
import { createdFilter, listBody, paginate } from '../http/pages.ts'
import type { Call, Route } from '../http/route.ts'
import { invalidRequest } from '../http/stripe-error.ts'
import type { SubscriptionItemRecord, SubscriptionRecord } from '../objects/subscription.ts'
import { renderSubscriptionItem } from '../render/newest/subscription.ts'
import { priceIn } from './prices-in-params.ts'
import { missingPaymentMethodIn, newItemsIn, trialEndIn } from './subscription-params.ts'
import { updateSubscription } from './update-subscription.ts'

const create = (call: Call): SubscriptionRecord => {
  const { params, world } = call
  const customer = world.need('customer', params.requiredText('customer'), 'customer')
  const items = newItemsIn(world, params)
  if (items.length === 0) throw invalidRequest('Missing required param: items.', 'items', 'parameter_missing')
  const given = params.text('default_payment_method')
  const method =
    given === undefined
      ? null
      : attachPaymentMethod(world, usePaymentMethod(world, given, 'default_payment_method'), customer).id
  const behavior = params.word('payment_behavior', [
    'allow_incomplete',
    'default_incomplete',
    'error_if_incomplete',
  ])
  const missing = missingPaymentMethodIn(params)
  const { subscription } = startSubscription(world, {
    customer,
    items,
    extraLines: params
      .each('add_invoice_items')
      .map((item) => oneTimeLine(priceIn(world, item), item.integer('quantity') ?? 1, world.now)),
    cancel_at: params.integer('cancel_at') ?? null,
    cancel_at_period_end: params.flag('cancel_at_period_end') ?? false,
    collection_method:
      params.word('collection_method', ['charge_automatically', 'send_invoice']) ?? 'charge_automatically',
    days_until_due: params.integer('days_until_due') ?? null,
    default_payment_method: method,
    description: params.text('description') ?? null,
    metadata: params.map('metadata') ?? {},
    trial_end: trialEndIn(world, params),
    ...(behavior === undefined ? {} : { payment_behavior: behavior }),
    ...(missing === undefined ? {} : { missing_payment_method: missing }),
  })
  return subscription
}

const subscriptionOf = ({ world, id }: Call): SubscriptionRecord => world.need('subscription', id, 'id')

const listed = ({ params, world }: Call) => {
  const customer = params.text('customer')
  const status = params.text('status')
  const price = params.text('price')
  const inTime = createdFilter(params)
  const matches = (subscription: SubscriptionRecord): boolean =>
    inTime(subscription.created) &&
    (customer ?? subscription.customer) === subscription.customer &&
    (price === undefined || subscription.items.some((item) => item.price.id === price)) &&
    (status === 'all' ||
      (status === undefined ? subscription.ended_at === null : subscription.status === status))
  return paginate(world.all('subscription'), params, '/v1/subscriptions', matches)
}

const cancel = (call: Call): SubscriptionRecord => {
  const details = call.params.nested('cancellation_details')
  return cancelSubscription(call.world, subscriptionOf(call), {
    reason: 'cancellation_requested',
    comment: details?.text('comment') ?? null,
    feedback: details?.text('feedback') ?? null,
  })
}

const itemOf = ({ world, id }: Call): SubscriptionItemRecord => {
  for (const { items } of world.all('subscription')) {
    const item = items.find((candidate) => candidate.id === id)
    if (item !== undefined) return item
  }
  throw invalidRequest(`No such subscription item: '${id}'`, 'id', 'resource_missing')
}

export const subscriptionRoutes: readonly Route[] = [
  { method: 'POST', path: '/v1/subscriptions', handle: (call) => ({ record: create(call) }) },
  {
    method: 'GET',
    path: '/v1/subscriptions',
    handle: (call) => ({ page: listed(call) }),
  },
  {
    method: 'GET',
    path: '/v1/subscriptions/:id',
    handle: (call) => ({ record: subscriptionOf(call) }),
  },
  {
    method: 'POST',
    path: '/v1/subscriptions/:id',
    handle: (call) => ({ record: updateSubscription(call, subscriptionOf(call)) }),
  },
  { method: 'DELETE', path: '/v1/subscriptions/:id', handle: (call) => ({ record: cancel(call) }) },
  {
    method: 'POST',
    path: '/v1/subscriptions/:id/pause',
    handle: (call) => ({ record: pauseSubscription(call.world, subscriptionOf(call), 'pause_requested') }),
  },
  {
    method: 'POST',
    path: '/v1/subscriptions/:id/resume',
    handle: (call) => ({ record: resumeSubscription(call.world, subscriptionOf(call)) }),
  },
  {
    method: 'GET',
    path: '/v1/subscription_items',
    handle: ({ world, params }) => {
      const subscription = world.need('subscription', params.requiredText('subscription'), 'subscription')
      const page = paginate(subscription.items.toReversed(), params, '/v1/subscription_items')
      return { json: listBody(page.data.map(renderSubscriptionItem), page) }
    },
  },
  {
    method: 'GET',
    path: '/v1/subscription_items/:id',
    handle: (call) => ({ json: renderSubscriptionItem(itemOf(call)) }),
  },
]
