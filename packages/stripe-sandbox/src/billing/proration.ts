import { newId } from '../identifiers.ts'
import type { InvoiceItemRecord, Period } from '../objects/invoice.ts'
import type { SubscriptionItemRecord } from '../objects/subscription.ts'

/** The share of the item's period that is still to come, 0 to 1. */
const remaining = (item: SubscriptionItemRecord, now: number): number => {
  const length = item.current_period_end - item.current_period_start
  return length <= 0 ? 0 : Math.max(0, Math.min(1, (item.current_period_end - now) / length))
}

const day = (at: number): string =>
  new Date(at * 1000).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
    year: 'numeric',
  })

const proratedItem = (
  item: SubscriptionItemRecord,
  customer: string,
  now: number,
  sign: 1 | -1,
): InvoiceItemRecord => {
  const period: Period = { start: now, end: item.current_period_end }
  const amount = Math.round(item.price.unit_amount * item.quantity * remaining(item, now))
  const what = `${item.quantity} × ${item.price.product_name} after ${day(now)}`
  return {
    object: 'invoiceitem',
    id: newId('ii'),
    created: now,
    amount: sign * amount,
    currency: item.price.currency,
    customer,
    description: sign < 0 ? `Unused time on ${what}` : `Remaining time on ${what}`,
    invoice: null,
    metadata: {},
    period,
    price: item.price,
    proration: true,
    quantity: item.quantity,
    subscription: item.subscription,
    subscription_item: item.id,
    test_clock: null,
  }
}

/** Credit for the time that is no longer used; `now` is Unix seconds. */
export const unusedTime = (item: SubscriptionItemRecord, customer: string, now: number): InvoiceItemRecord =>
  proratedItem(item, customer, now, -1)

/** The price of the rest of the running period. */
export const remainingTime = (
  item: SubscriptionItemRecord,
  customer: string,
  now: number,
): InvoiceItemRecord => proratedItem(item, customer, now, 1)
