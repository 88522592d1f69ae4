import type { World } from '../events/world.ts'
import { invalidRequest } from '../http/stripe-error.ts'
import type { SubscriptionItemRecord, SubscriptionRecord } from '../objects/subscription.ts'
import { billPeriod, type Collection } from './bill-period.ts'
import { cancelSubscription } from './cancel-subscription.ts'
import { subscriptionLine } from './invoice-lines.ts'
import { periodEnd } from './periods.ts'
import { recurringOf } from './restart-period.ts'
import { endTrial } from './trial-end.ts'

const nextPeriod = (item: SubscriptionItemRecord, anchor: number): SubscriptionItemRecord => ({
  ...item,
  current_period_start: item.current_period_end,
  current_period_end: periodEnd(anchor, item.current_period_end, recurringOf(item)),
})

/**
 * Plays the end of the current period, whenever it is: renewal, planned cancellation or end of a trial.
 */
export const renewSubscription = (
  world: World,
  subscription: SubscriptionRecord,
  how: Collection = {},
): SubscriptionRecord => {
  const { status } = subscription
  if (!['active', 'trialing', 'past_due', 'unpaid'].includes(status))
    throw invalidRequest(`A subscription that is ${status} does not renew.`)
  const boundary = Math.min(...subscription.items.map((item) => item.current_period_end))
  if (subscription.cancel_at !== null && subscription.cancel_at <= boundary)
    return cancelSubscription(world, subscription, { reason: 'cancellation_requested' })
  if (status === 'trialing') return endTrial(world, subscription, 'subscription_cycle', how)
  const items = subscription.items.map((item) =>
    item.current_period_end === boundary ? nextPeriod(item, subscription.billing_cycle_anchor) : item,
  )
  const renewed = items.filter((item) => item.current_period_start === boundary)
  const start = Math.min(...subscription.items.map((item) => item.current_period_start))
  return billPeriod(world, {
    before: subscription,
    after: { ...subscription, items },
    lines: renewed.map((item) =>
      subscriptionLine(subscription, item, {
        start: item.current_period_start,
        end: item.current_period_end,
      }),
    ),
    reason: 'subscription_cycle',
    period: { start, end: boundary },
    ...how,
  })
}
