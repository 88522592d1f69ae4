import type { World } from '../events/world.ts'
import { invalidRequest } from '../http/stripe-error.ts'
import type { SubscriptionRecord } from '../objects/subscription.ts'
import { billPeriod } from './bill-period.ts'
import { restartPeriod } from './restart-period.ts'

export type PauseReason =
  | 'trial_end_without_payment_method'
  | 'pause_requested'
  | 'first_payment_failure'
  | 'final_payment_failure'

/** Moves to status `paused`; `pause_collection` is another thing and leaves the status alone. */
export const pauseSubscription = (
  world: World,
  subscription: SubscriptionRecord,
  type: PauseReason,
): SubscriptionRecord => {
  if (subscription.ended_at !== null || subscription.status === 'paused')
    throw invalidRequest(`A subscription that is ${subscription.status} cannot be paused.`)
  const paused = world.change('customer.subscription.updated', subscription, {
    paused: { type, transitioned_at: world.now },
    status: 'paused',
  })
  world.emit('customer.subscription.paused', paused)
  return paused
}

/** Starts a new billing cycle and asks for its payment. */
export const resumeSubscription = (world: World, subscription: SubscriptionRecord): SubscriptionRecord => {
  if (subscription.status !== 'paused') throw invalidRequest('This subscription is not paused.')
  const { after, lines } = restartPeriod(subscription, world.now)
  const resumed: SubscriptionRecord = { ...after, paused: null, status: 'active' }
  const billed = billPeriod(world, {
    before: subscription,
    after: resumed,
    lines,
    reason: 'subscription_update',
    period: { start: world.now, end: world.now },
  })
  world.emit('customer.subscription.resumed', billed)
  return billed
}
