import type { World } from '../events/world.ts'
import type { InvoiceRecord } from '../objects/invoice.ts'
import type { SubscriptionRecord } from '../objects/subscription.ts'
import { closePeriod } from './bill-period.ts'
import { cancelSubscription } from './cancel-subscription.ts'
import { renewSubscription } from './renewal.ts'
import { retryInvoice } from './retry-invoice.ts'

/** Something that time does by itself. `run` is given a world whose time is `at`. */
export interface Due {
  /** Unix seconds on the clock. */
  readonly at: number
  readonly run: (world: World) => void
}

const TRIAL_NOTICE = 3 * 86_400
/** A subscription whose first payment is not made within 23 hours never starts. */
const INCOMPLETE_TIME = 23 * 3600

const subscriptionNow = (world: World, { id }: SubscriptionRecord): SubscriptionRecord =>
  world.need('subscription', id, 'id')

const invoiceNow = (world: World, { id }: InvoiceRecord): InvoiceRecord => world.need('invoice', id, 'id')

/** Where nothing on the record says that it was done, only what lies after `since` is still to be done. */
const dueOfSubscription = (subscription: SubscriptionRecord, since: number): readonly Due[] => {
  if (subscription.ended_at !== null) return []
  const due: Due[] = []
  const { cancel_at, pause_collection, status, trial_end } = subscription
  if (cancel_at !== null)
    due.push({
      at: cancel_at,
      run: (world) =>
        cancelSubscription(world, subscriptionNow(world, subscription), { reason: 'cancellation_requested' }),
    })
  if (status === 'incomplete')
    due.push({
      at: subscription.created + INCOMPLETE_TIME,
      run: (world) =>
        cancelSubscription(world, subscriptionNow(world, subscription), { reason: 'payment_failed' }),
    })
  if (['active', 'trialing', 'past_due', 'unpaid'].includes(status))
    due.push({
      at: Math.min(...subscription.items.map((item) => item.current_period_end)),
      run: (world) => renewSubscription(world, subscriptionNow(world, subscription), { waits: true }),
    })
  if (status === 'trialing' && trial_end !== null && trial_end - TRIAL_NOTICE > since)
    due.push({
      at: trial_end - TRIAL_NOTICE,
      run: (world) =>
        world.emit('customer.subscription.trial_will_end', subscriptionNow(world, subscription)),
    })
  if (pause_collection !== null && pause_collection.resumes_at !== null)
    due.push({
      at: pause_collection.resumes_at,
      run: (world) =>
        world.change('customer.subscription.updated', subscriptionNow(world, subscription), {
          pause_collection: null,
        }),
    })
  return due
}

/** The customer did not pay by the date on the invoice. */
const overdue = (world: World, invoice: InvoiceRecord): void => {
  world.emit('invoice.overdue', invoice)
  const subscription = world.get('subscription', invoice.subscription)
  if (subscription?.status === 'active')
    world.change('customer.subscription.updated', subscription, { status: 'past_due' })
}

const dueOfInvoice = (world: World, invoice: InvoiceRecord, since: number): readonly Due[] => {
  const subscription = world.get('subscription', invoice.subscription)
  if (invoice.status === 'draft' && invoice.auto_advance && invoice.finalizes_at !== null)
    return subscription === undefined
      ? []
      : [
          {
            at: invoice.finalizes_at,
            run: (then) =>
              closePeriod(
                then,
                subscriptionNow(then, subscription),
                then.put<InvoiceRecord>({ ...invoiceNow(then, invoice), finalizes_at: null }),
              ),
          },
        ]
  if (invoice.status !== 'open') return []
  const due: Due[] = []
  if (invoice.next_payment_attempt !== null)
    due.push({
      at: invoice.next_payment_attempt,
      run: (then) => retryInvoice(then, invoiceNow(then, invoice)),
    })
  if (invoice.due_date !== null && invoice.due_date > since)
    due.push({ at: invoice.due_date, run: (then) => overdue(then, invoiceNow(then, invoice)) })
  return due
}

/** What the customers of a clock have coming up first, until the clock's `target`; null when nothing. */
export const nextDue = (world: World, clock: string, target: number): Due | null => {
  const invoices = world.all('invoice').filter(({ test_clock }) => test_clock === clock)
  const subscriptions = world.all('subscription').filter(({ test_clock }) => test_clock === clock)
  const due = [
    ...invoices.flatMap((invoice) => dueOfInvoice(world, invoice, world.now)),
    ...subscriptions.flatMap((subscription) => dueOfSubscription(subscription, world.now)),
  ]
  const [first] = due.filter(({ at }) => at <= target).sort((a, b) => a.at - b.at)
  return first ?? null
}
