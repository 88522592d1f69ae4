import type { World } from '../events/world.ts'
import type { BillingReason } from '../objects/invoice.ts'
import type { SubscriptionRecord } from '../objects/subscription.ts'
import { billPeriod, type Collection } from './bill-period.ts'
import { cancelSubscription } from './cancel-subscription.ts'
import { pauseSubscription } from './pause-subscription.ts'
import { restartPeriod } from './restart-period.ts'
import { paymentMethodOf } from './subscription-payment.ts'

/** Ends a trial now: the first paid period, or what was asked for when there is no card to pay it. */
export const endTrial = (
  world: World,
  subscription: SubscriptionRecord,
  reason: BillingReason,
  how: Collection = {},
): SubscriptionRecord => {
  const customer = world.need('customer', subscription.customer, 'customer')
  const hasCard = paymentMethodOf(world, customer, subscription) !== null
  if (!hasCard && subscription.missing_payment_method === 'pause')
    return pauseSubscription(world, subscription, 'trial_end_without_payment_method')
  if (!hasCard && subscription.missing_payment_method === 'cancel')
    return cancelSubscription(world, subscription, { reason: 'cancellation_requested' })
  const { after, lines } = restartPeriod(subscription, world.now)
  return billPeriod(world, {
    before: subscription,
    after: {
      ...after,
      status: 'active',
      trial_end: Math.min(subscription.trial_end ?? world.now, world.now),
    },
    lines,
    reason,
    period: { start: subscription.trial_start ?? world.now, end: world.now },
    ...how,
  })
}
