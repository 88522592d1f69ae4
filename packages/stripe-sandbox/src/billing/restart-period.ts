import type { Recurring } from '../objects/catalog.ts'
import type { InvoiceLineRecord } from '../objects/invoice.ts'
import type { SubscriptionItemRecord, SubscriptionRecord } from '../objects/subscription.ts'
import { subscriptionLine } from './invoice-lines.ts'
import { periodEnd } from './periods.ts'

const MONTHLY: Recurring = { interval: 'month', interval_count: 1, usage_type: 'licensed' }

/** The recurrence of an item; prices on items always have one. */
export const recurringOf = ({ price }: SubscriptionItemRecord): Recurring => price.recurring ?? MONTHLY

/** A new billing cycle from `now` for every item, with the lines that pay for it. */
export const restartPeriod = (
  subscription: SubscriptionRecord,
  now: number,
): { readonly after: SubscriptionRecord; readonly lines: readonly InvoiceLineRecord[] } => {
  const items = subscription.items.map((item) => ({
    ...item,
    current_period_start: now,
    current_period_end: periodEnd(now, now, recurringOf(item)),
  }))
  return {
    after: { ...subscription, billing_cycle_anchor: now, items },
    lines: items.map((item) =>
      subscriptionLine(subscription, item, { start: now, end: item.current_period_end }),
    ),
  }
}
