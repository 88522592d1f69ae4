import type { World } from '../events/world.ts'
import type { InvoiceItemRecord, InvoiceLineRecord } from '../objects/invoice.ts'
import type { SubscriptionItemRecord, SubscriptionRecord } from '../objects/subscription.ts'
import { billPeriod } from './bill-period.ts'
import { remainingTime, unusedTime } from './proration.ts'
import { recurringOf, restartPeriod } from './restart-period.ts'

export type ProrationBehavior = 'create_prorations' | 'always_invoice' | 'none'

const billsDifferently = (a: SubscriptionItemRecord | undefined, b: SubscriptionItemRecord): boolean =>
  a === undefined || a.price.id !== b.price.id || a.quantity !== b.quantity

const rhythm = (item: SubscriptionItemRecord): string => {
  const { interval, interval_count } = recurringOf(item)
  return `${interval_count} ${interval}`
}

const changesRhythm = (before: SubscriptionRecord, after: SubscriptionRecord): boolean => {
  const old = new Set(before.items.map(rhythm))
  return after.items.some((item) => !old.has(rhythm(item)))
}

const credits = (world: World, before: SubscriptionRecord, after: SubscriptionRecord) =>
  before.items
    .filter((item) => {
      const kept = after.items.find(({ id }) => id === item.id)
      return kept === undefined || billsDifferently(kept, item)
    })
    .map((item) => unusedTime(item, before.customer, world.now))

const debits = (world: World, before: SubscriptionRecord, after: SubscriptionRecord) =>
  after.items
    .filter((item) =>
      billsDifferently(
        before.items.find(({ id }) => id === item.id),
        item,
      ),
    )
    .map((item) => remainingTime(item, before.customer, world.now))

const addPending = (world: World, items: readonly InvoiceItemRecord[]): void => {
  for (const item of items) {
    const { test_clock } = world.need('customer', item.customer, 'customer')
    world.emit('invoiceitem.created', world.put({ ...item, test_clock }))
  }
}

const invoiceNow = (
  world: World,
  before: SubscriptionRecord,
  after: SubscriptionRecord,
  lines: readonly InvoiceLineRecord[],
): SubscriptionRecord =>
  billPeriod(world, {
    before,
    after,
    lines,
    reason: 'subscription_update',
    period: { start: world.now, end: world.now },
  })

/**
 * Changes what a subscription consists of, and settles the difference: at once when the rhythm of billing
 * changes or it is asked for, otherwise on the next invoice.
 */
export const changeItems = (
  world: World,
  before: SubscriptionRecord,
  after: SubscriptionRecord,
  behavior: ProrationBehavior,
): SubscriptionRecord => {
  const billed = before.status === 'active' || before.status === 'past_due'
  const prorates = billed && behavior !== 'none'
  if (billed && changesRhythm(before, after)) {
    if (prorates) addPending(world, credits(world, before, after))
    const { after: restarted, lines } = restartPeriod(after, world.now)
    return invoiceNow(world, before, restarted, lines)
  }
  if (prorates) addPending(world, [...credits(world, before, after), ...debits(world, before, after)])
  if (prorates && behavior === 'always_invoice') return invoiceNow(world, before, after, [])
  return world.change('customer.subscription.updated', before, after)
}
