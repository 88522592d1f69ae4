import type { JsonObject } from '../../json.ts'
import type { SubscriptionRecord } from '../../objects/subscription.ts'
import { embeddedList } from '../lists.ts'
import { renderSubscription, renderSubscriptionItem } from '../newest/subscription.ts'
import { without } from './without.ts'

/** One billing period for the whole subscription, on the subscription itself; none on the items. */
export const preBasilSubscription = (subscription: SubscriptionRecord): JsonObject => {
  const [first] = subscription.items
  return {
    ...without(
      renderSubscription(subscription),
      'billing_mode',
      'customer_account',
      'discounts',
      'status_details',
    ),
    current_period_end: first?.current_period_end ?? subscription.billing_cycle_anchor,
    current_period_start: first?.current_period_start ?? subscription.start_date,
    discount: null,
    items: embeddedList(
      subscription.items.map((item) =>
        without(renderSubscriptionItem(item), 'current_period_end', 'current_period_start', 'discounts'),
      ),
      `/v1/subscription_items?subscription=${subscription.id}`,
    ),
  }
}
