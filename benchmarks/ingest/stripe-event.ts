import { randomBytes } from 'node:crypto'

const TYPE = 'customer.subscription.updated'
const id = (prefix: string): string => `${prefix}_${randomBytes(12).toString('hex')}`

/** A `customer.subscription.updated` of about 3.5 kB in the newest shape; ids are new in each. */
export const createEventBody = (): Buffer => {
  const created = Math.floor(Date.now() / 1000)
  const subscription = id('sub')
  const price = {
    id: 'price_pro_monthly',
    object: 'price',
    active: true,
    billing_scheme: 'per_unit',
    created: 1_764_000_000,
    currency: 'usd',
    custom_unit_amount: null,
    livemode: false,
    lookup_key: 'pro-monthly',
    metadata: { tier: 'pro' },
    nickname: 'Pro, monthly',
    product: 'prod_keyflow_pro',
    recurring: {
      interval: 'month',
      interval_count: 1,
      meter: null,
      trial_period_days: null,
      usage_type: 'licensed',
    },
    tax_behavior: 'unspecified',
    tiers_mode: null,
    transform_quantity: null,
    type: 'recurring',
    unit_amount: 4900,
    unit_amount_decimal: '4900',
  }
  const item = {
    id: id('si'),
    object: 'subscription_item',
    billing_thresholds: null,
    created,
    current_period_end: created + 2_592_000,
    current_period_start: created,
    discounts: [],
    metadata: {},
    price,
    quantity: 1,
    subscription,
    tax_rates: [],
  }
  const event = {
    id: id('evt'),
    object: 'event',
    api_version: '2026-10-28.endive',
    created,
    data: {
      object: {
        id: subscription,
        object: 'subscription',
        billing_cycle_anchor: created,
        billing_mode: { type: 'flexible', updated_at: null },
        cancel_at: null,
        cancel_at_period_end: false,
        canceled_at: null,
        cancellation_details: { comment: null, feedback: null, reason: null },
        collection_method: 'charge_automatically',
        created,
        currency: 'usd',
        customer: id('cus'),
        customer_account: null,
        days_until_due: null,
        default_payment_method: id('pm'),
        default_tax_rates: [],
        description: null,
        discounts: [],
        ended_at: null,
        items: {
          object: 'list',
          data: [item],
          has_more: false,
          total_count: 1,
          url: `/v1/subscription_items?subscription=${subscription}`,
        },
        latest_invoice: id('in'),
        livemode: false,
        metadata: { order: id('order'), source: 'website', campaign: 'autumn' },
        pause_collection: null,
        pending_update: null,
        schedule: null,
        start_date: created,
        status: 'active',
        test_clock: null,
        trial_end: null,
        trial_settings: { end_behavior: { missing_payment_method: 'create_invoice' } },
        trial_start: null,
      },
      previous_attributes: { latest_invoice: id('in'), metadata: { campaign: null }, status: 'incomplete' },
    },
    livemode: false,
    pending_webhooks: 1,
    request: { id: id('req'), idempotency_key: randomBytes(16).toString('hex') },
    type: TYPE,
  }
  // Indented as Stripe sends it.
  return Buffer.from(JSON.stringify(event, null, 2))
}
