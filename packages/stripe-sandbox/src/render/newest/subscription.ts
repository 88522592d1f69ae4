import type { JsonObject } from '../../json.ts'
import type { SubscriptionItemRecord, SubscriptionRecord } from '../../objects/subscription.ts'
import { embeddedList } from '../lists.ts'
import { renderPlan, renderPrice } from './catalog.ts'

export const renderSubscriptionItem = (item: SubscriptionItemRecord): JsonObject => ({
  id: item.id,
  object: 'subscription_item',
  billing_thresholds: null,
  created: item.created,
  current_period_end: item.current_period_end,
  current_period_start: item.current_period_start,
  discounts: [],
  metadata: item.metadata,
  plan: renderPlan(item.price),
  price: renderPrice(item.price),
  quantity: item.quantity,
  subscription: item.subscription,
  tax_rates: [],
})

/** Only a single item shows its plan and quantity on the subscription itself. */
const rootPlan = (subscription: SubscriptionRecord): JsonObject => {
  const [only, ...others] = subscription.items
  return only === undefined || others.length > 0
    ? { plan: null, quantity: null }
    : { plan: renderPlan(only.price), quantity: only.quantity }
}

/** Present only while the subscription is paused. */
const statusDetails = ({ paused }: SubscriptionRecord): JsonObject =>
  paused === null
    ? {}
    : {
        status_details: {
          paused: {
            subscription: { type: paused.type },
            transitioned_at: paused.transitioned_at,
            type: 'subscription',
          },
        },
      }

export const renderSubscription = (subscription: SubscriptionRecord): JsonObject => ({
  id: subscription.id,
  object: 'subscription',
  application: null,
  application_fee_percent: null,
  automatic_tax: { disabled_reason: null, enabled: false, liability: null },
  billing_cycle_anchor: subscription.billing_cycle_anchor,
  billing_cycle_anchor_config: null,
  billing_mode: { type: 'classic' },
  billing_thresholds: null,
  cancel_at: subscription.cancel_at,
  cancel_at_period_end: subscription.cancel_at_period_end,
  canceled_at: subscription.canceled_at,
  cancellation_details: subscription.cancellation_details,
  collection_method: subscription.collection_method,
  created: subscription.created,
  currency: subscription.currency,
  customer: subscription.customer,
  customer_account: null,
  days_until_due: subscription.days_until_due,
  default_payment_method: subscription.default_payment_method,
  default_source: null,
  default_tax_rates: [],
  description: subscription.description,
  discounts: [],
  ended_at: subscription.ended_at,
  invoice_settings: { account_tax_ids: null, issuer: { type: 'self' } },
  items: embeddedList(
    subscription.items.map(renderSubscriptionItem),
    `/v1/subscription_items?subscription=${subscription.id}`,
  ),
  latest_invoice: subscription.latest_invoice,
  livemode: false,
  metadata: subscription.metadata,
  next_pending_invoice_item_invoice: null,
  on_behalf_of: null,
  pause_collection: subscription.pause_collection,
  payment_settings: {
    payment_method_options: null,
    payment_method_types: null,
    save_default_payment_method: 'off',
  },
  pending_invoice_item_interval: null,
  pending_setup_intent: null,
  pending_update: null,
  ...rootPlan(subscription),
  schedule: null,
  start_date: subscription.start_date,
  status: subscription.status,
  ...statusDetails(subscription),
  test_clock: subscription.test_clock ?? null,
  transfer_data: null,
  trial_end: subscription.trial_end,
  trial_settings: { end_behavior: { missing_payment_method: subscription.missing_payment_method } },
  trial_start: subscription.trial_start,
})
