import { changeItems } from '../billing/change-items.ts'
import { endTrial } from '../billing/trial-end.ts'
import type { Params } from '../http/params.ts'
import type { Call } from '../http/route.ts'
import { invalidRequest } from '../http/stripe-error.ts'
import { mergeMetadata } from '../objects/metadata.ts'
import type { SubscriptionRecord } from '../objects/subscription.ts'
import {
  changedItemsIn,
  missingPaymentMethodIn,
  pauseCollectionIn,
  prorationIn,
  trialEndIn,
} from './subscription-params.ts'

type CancellationPlan = Pick<
  SubscriptionRecord,
  'cancel_at' | 'cancel_at_period_end' | 'canceled_at' | 'cancellation_details'
>

const planned = (
  subscription: SubscriptionRecord,
  now: number,
  cancel_at: number | null,
  cancel_at_period_end: boolean,
): CancellationPlan => ({
  cancel_at,
  cancel_at_period_end,
  canceled_at: cancel_at === null ? null : now,
  cancellation_details: {
    ...subscription.cancellation_details,
    reason: cancel_at === null ? null : 'cancellation_requested',
  },
})

const cancelAtIn = (params: Params, subscription: SubscriptionRecord): number | null | undefined => {
  const ends = subscription.items.map((item) => item.current_period_end)
  switch (params.nullableText('cancel_at')) {
    case 'min_period_end':
      return Math.min(...ends)
    case 'max_period_end':
      return Math.max(...ends)
    case null:
      return null
    default:
      return params.integer('cancel_at')
  }
}

const cancellationIn = (
  params: Params,
  subscription: SubscriptionRecord,
  now: number,
): Partial<CancellationPlan> => {
  const atPeriodEnd = params.flag('cancel_at_period_end')
  if (atPeriodEnd === true) {
    const end = Math.min(...subscription.items.map((item) => item.current_period_end))
    return planned(subscription, now, end, true)
  }
  const cancelAt = cancelAtIn(params, subscription)
  if (cancelAt !== undefined) return planned(subscription, now, cancelAt, false)
  return atPeriodEnd === false && subscription.cancel_at_period_end
    ? planned(subscription, now, null, false)
    : {}
}

const withComment = ({ params }: Call, subscription: SubscriptionRecord): SubscriptionRecord => {
  const details = params.nested('cancellation_details')
  if (details === undefined) return subscription
  const { comment, feedback, reason } = subscription.cancellation_details
  return {
    ...subscription,
    cancellation_details: {
      comment: details.text('comment') ?? comment,
      feedback: details.text('feedback') ?? feedback,
      reason,
    },
  }
}

const withTrial = (call: Call, subscription: SubscriptionRecord): SubscriptionRecord => {
  const { params, world } = call
  const trial_end = params.has('trial_end') ? trialEndIn(world, params) : null
  if (trial_end === null) return subscription
  return {
    ...subscription,
    billing_cycle_anchor: trial_end,
    items: subscription.items.map((item) => ({ ...item, current_period_end: trial_end })),
    status: 'trialing',
    trial_end,
    trial_start: subscription.trial_start ?? world.now,
  }
}

const withPlainFields = (call: Call, subscription: SubscriptionRecord): SubscriptionRecord => {
  const { params, world } = call
  const method = params.nullableText('default_payment_method')
  const description = params.nullableText('description')
  const pause = pauseCollectionIn(params)
  return {
    ...subscription,
    ...cancellationIn(params, subscription, world.now),
    collection_method:
      params.word('collection_method', ['charge_automatically', 'send_invoice']) ??
      subscription.collection_method,
    days_until_due: params.integer('days_until_due') ?? subscription.days_until_due,
    default_payment_method: method === undefined ? subscription.default_payment_method : method,
    description: description === undefined ? subscription.description : description,
    metadata: mergeMetadata(subscription.metadata, params.map('metadata')),
    missing_payment_method: missingPaymentMethodIn(params) ?? subscription.missing_payment_method,
    pause_collection: pause === undefined ? subscription.pause_collection : pause,
  }
}

/** `POST /v1/subscriptions/{id}`: all that was asked for is one change and one `updated` event. */
export const updateSubscription = (call: Call, subscription: SubscriptionRecord): SubscriptionRecord => {
  const { params, world } = call
  if (subscription.ended_at !== null)
    throw invalidRequest('A canceled subscription can only update its cancellation_details and metadata.')
  const items = params.has('items') ? changedItemsIn(world, subscription, params) : subscription.items
  if (items.length === 0) throw invalidRequest('A subscription must have at least one active plan.', 'items')
  const wanted = withComment(call, withTrial(call, withPlainFields(call, { ...subscription, items })))
  if (params.text('trial_end') === 'now' && subscription.status === 'trialing') {
    const changed = world.change('customer.subscription.updated', subscription, wanted)
    return endTrial(world, changed, 'subscription_update')
  }
  return changeItems(world, subscription, wanted, prorationIn(params))
}
