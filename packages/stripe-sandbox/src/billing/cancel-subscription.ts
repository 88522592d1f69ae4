import type { World } from '../events/world.ts'
import { invalidRequest } from '../http/stripe-error.ts'
import type { InvoiceRecord } from '../objects/invoice.ts'
import type { SubscriptionRecord } from '../objects/subscription.ts'
import { voidInvoice } from './invoices.ts'

export interface Cancellation {
  readonly reason: 'cancellation_requested' | 'payment_failed' | 'payment_disputed'
  readonly comment?: string | null
  readonly feedback?: string | null
}

/** What is still owed is no longer collected by itself; a purchase that never started is taken back. */
const endCollection = (world: World, subscription: SubscriptionRecord): void => {
  for (const invoice of world.all('invoice')) {
    if (invoice.subscription !== subscription.id) continue
    if (invoice.status === 'open' && subscription.status === 'incomplete') voidInvoice(world, invoice)
    else if (invoice.status === 'open' || invoice.status === 'draft')
      world.put<InvoiceRecord>({ ...invoice, auto_advance: false, next_payment_attempt: null })
  }
}

/** Ends a subscription now. */
export const cancelSubscription = (
  world: World,
  subscription: SubscriptionRecord,
  { reason, comment, feedback }: Cancellation,
): SubscriptionRecord => {
  if (subscription.ended_at !== null)
    throw invalidRequest('A canceled subscription can only update its cancellation_details and metadata.')
  endCollection(world, subscription)
  const ended = world.put<SubscriptionRecord>({
    ...subscription,
    canceled_at: subscription.canceled_at ?? world.now,
    cancellation_details: {
      comment: comment ?? subscription.cancellation_details.comment,
      feedback: feedback ?? subscription.cancellation_details.feedback,
      reason,
    },
    ended_at: world.now,
    paused: null,
    status: subscription.status === 'incomplete' ? 'incomplete_expired' : 'canceled',
  })
  world.emit('customer.subscription.deleted', ended)
  return ended
}
