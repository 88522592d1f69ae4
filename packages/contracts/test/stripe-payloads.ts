/** Small Stripe payloads of our own, each in the shape before basil (2025-03-31) and in the shape since. */
export type Payload = Record<string, unknown>

export const NOON = 1_700_000_000
export const DAY = 86_400

export const eventOf = (type: string, object: unknown, over: Payload = {}): Payload => ({
  id: 'evt_1',
  object: 'event',
  api_version: null,
  created: NOON,
  livemode: false,
  pending_webhooks: 1,
  request: null,
  type,
  data: { object },
  ...over,
})

export const updateOf = (type: string, object: unknown, previous: unknown): Payload =>
  eventOf(type, object, { data: { object, previous_attributes: previous } })

export const listOf = (data: readonly unknown[], over: Payload = {}): Payload => ({
  object: 'list',
  data,
  has_more: false,
  total_count: data.length,
  ...over,
})

export interface ItemModel {
  readonly id: string
  readonly price: string
  readonly quantity: number | null
}

export interface SubscriptionModel {
  readonly id: string
  readonly customer: string
  readonly status: string
  readonly items: readonly ItemModel[]
  readonly periodStart: number
  readonly periodEnd: number
  readonly cancelAtPeriodEnd: boolean
  readonly cancelAt: number | null
  readonly trialEnd: number | null
  readonly pause: string | null
}

export const SUBSCRIPTION: SubscriptionModel = {
  id: 'sub_1',
  customer: 'cus_1',
  status: 'active',
  items: [{ id: 'si_1', price: 'price_pro_monthly', quantity: 1 }],
  periodStart: NOON,
  periodEnd: NOON + 30 * DAY,
  cancelAtPeriodEnd: false,
  cancelAt: null,
  trialEnd: null,
  pause: null,
}

const priceObject = (id: string): Payload => ({
  id,
  object: 'price',
  lookup_key: null,
  product: `prod_of_${id}`,
})

const subscriptionRoot = (s: SubscriptionModel): Payload => ({
  id: s.id,
  object: 'subscription',
  customer: s.customer,
  status: s.status,
  cancel_at: s.cancelAt,
  cancel_at_period_end: s.cancelAtPeriodEnd,
  canceled_at: null,
  ended_at: null,
  cancellation_details: { comment: null, feedback: null, reason: null },
  collection_method: 'charge_automatically',
  created: s.periodStart,
  start_date: s.periodStart,
  trial_end: s.trialEnd,
  latest_invoice: 'in_1',
  test_clock: null,
  pause_collection: s.pause === null ? null : { behavior: s.pause, resumes_at: null },
})

const itemObject = (item: ItemModel): Payload => ({
  id: item.id,
  object: 'subscription_item',
  price: priceObject(item.price),
  ...(item.quantity === null ? {} : { quantity: item.quantity }),
})

export const oldSubscription = (s: SubscriptionModel = SUBSCRIPTION): Payload => ({
  ...subscriptionRoot(s),
  current_period_start: s.periodStart,
  current_period_end: s.periodEnd,
  items: listOf(s.items.map(itemObject)),
})

export const newSubscription = (s: SubscriptionModel = SUBSCRIPTION): Payload => ({
  ...subscriptionRoot(s),
  items: listOf(
    s.items.map((item) => ({
      ...itemObject(item),
      current_period_start: s.periodStart,
      current_period_end: s.periodEnd,
    })),
  ),
})

export interface LineModel {
  readonly id: string
  readonly item: string
  readonly price: string
  readonly start: number
  readonly end: number
  readonly amount: number
  readonly proration: boolean
}

export interface InvoiceModel {
  readonly id: string
  readonly customer: string
  readonly subscription: string | null
  readonly paid: boolean
  readonly amount: number
  readonly attempts: number
  readonly lines: readonly LineModel[]
}

export const INVOICE: InvoiceModel = {
  id: 'in_1',
  customer: 'cus_1',
  subscription: 'sub_1',
  paid: true,
  amount: 2900,
  attempts: 1,
  lines: [
    {
      id: 'il_1',
      item: 'si_1',
      price: 'price_pro_monthly',
      start: NOON,
      end: NOON + 30 * DAY,
      amount: 2900,
      proration: false,
    },
  ],
}

const invoiceRoot = (i: InvoiceModel): Payload => ({
  id: i.id,
  object: 'invoice',
  customer: i.customer,
  customer_email: 'ada@example.com',
  customer_name: 'Ada',
  status: i.paid ? 'paid' : 'open',
  billing_reason: 'subscription_cycle',
  collection_method: 'charge_automatically',
  currency: 'usd',
  amount_due: i.amount,
  amount_paid: i.paid ? i.amount : 0,
  amount_remaining: i.paid ? 0 : i.amount,
  attempt_count: i.attempts,
  next_payment_attempt: i.paid ? null : NOON + 3 * DAY,
  created: NOON,
  due_date: null,
  hosted_invoice_url: 'https://invoice.example/i/1',
  invoice_pdf: 'https://invoice.example/i/1/pdf',
  number: 'KEY-0001',
  status_transitions: { paid_at: i.paid ? NOON + 5 : null },
  test_clock: null,
})

const lineRoot = (line: LineModel): Payload => ({
  id: line.id,
  object: 'line_item',
  amount: line.amount,
  quantity: 1,
  period: { start: line.start, end: line.end },
})

export const oldInvoice = (i: InvoiceModel = INVOICE): Payload => ({
  ...invoiceRoot(i),
  paid: i.paid,
  subscription: i.subscription,
  payment_intent: 'pi_1',
  charge: 'ch_1',
  lines: listOf(
    i.lines.map((line) => ({
      ...lineRoot(line),
      type: 'subscription',
      price: priceObject(line.price),
      subscription: i.subscription,
      subscription_item: line.item,
      proration: line.proration,
    })),
  ),
})

export const newInvoice = (i: InvoiceModel = INVOICE): Payload => ({
  ...invoiceRoot(i),
  parent:
    i.subscription === null
      ? null
      : {
          type: 'subscription_details',
          quote_details: null,
          subscription_details: { subscription: i.subscription, metadata: {} },
        },
  lines: listOf(
    i.lines.map((line) => ({
      ...lineRoot(line),
      parent: {
        type: 'subscription_item_details',
        invoice_item_details: null,
        subscription_item_details: {
          subscription: i.subscription,
          subscription_item: line.item,
          proration: line.proration,
        },
      },
      pricing: {
        type: 'price_details',
        price_details: { price: line.price, product: `prod_of_${line.price}` },
      },
    })),
  ),
})

export const chargeObject = (over: Payload = {}): Payload => ({
  id: 'ch_1',
  object: 'charge',
  amount: 2900,
  amount_refunded: 0,
  refunded: false,
  currency: 'usd',
  customer: 'cus_1',
  payment_intent: 'pi_1',
  billing_details: { email: 'ada@example.com', name: 'Ada' },
  receipt_email: 'receipts@example.com',
  ...over,
})

export const refundObject = (over: Payload = {}): Payload => ({
  id: 're_1',
  object: 'refund',
  amount: 2900,
  currency: 'usd',
  charge: 'ch_1',
  payment_intent: 'pi_1',
  status: 'succeeded',
  reason: 'requested_by_customer',
  ...over,
})

export const disputeObject = (over: Payload = {}): Payload => ({
  id: 'dp_1',
  object: 'dispute',
  amount: 2900,
  currency: 'usd',
  charge: 'ch_1',
  payment_intent: 'pi_1',
  status: 'needs_response',
  reason: 'fraudulent',
  ...over,
})

export const customerObject = (over: Payload = {}): Payload => ({
  id: 'cus_1',
  object: 'customer',
  email: 'ada@example.com',
  name: 'Ada',
  preferred_locales: ['fr-CA', 'en'],
  address: { country: 'CA', line1: null },
  test_clock: 'clock_1',
  ...over,
})

export const sessionObject = (over: Payload = {}): Payload => ({
  id: 'cs_1',
  object: 'checkout.session',
  mode: 'payment',
  status: 'complete',
  payment_status: 'paid',
  customer: null,
  customer_email: 'typed-by-the-merchant@example.com',
  customer_details: { email: 'ada@example.com', name: 'Ada', address: { country: 'CA' } },
  locale: 'fr',
  client_reference_id: 'order-7',
  subscription: null,
  invoice: null,
  payment_intent: 'pi_1',
  currency: 'usd',
  amount_total: 2900,
  created: NOON,
  ...over,
})

export const invoicePaymentObject = (over: Payload = {}): Payload => ({
  id: 'inpay_1',
  object: 'invoice_payment',
  invoice: 'in_1',
  status: 'paid',
  payment: { type: 'payment_intent', payment_intent: 'pi_1' },
  ...over,
})

export const paymentIntentObject = (over: Payload = {}): Payload => ({
  id: 'pi_1',
  object: 'payment_intent',
  customer: 'cus_1',
  latest_charge: 'ch_1',
  status: 'succeeded',
  ...over,
})

export const testClockObject = (over: Payload = {}): Payload => ({
  id: 'clock_1',
  object: 'test_helpers.test_clock',
  created: NOON,
  deletes_after: NOON + 30 * DAY,
  frozen_time: NOON + 400 * DAY,
  livemode: false,
  name: 'dunning',
  status: 'ready',
  status_details: {},
  ...over,
})
