import type { World } from '../events/world.ts'
import type { InvoiceRecord } from '../objects/invoice.ts'
import type { SubscriptionRecord } from '../objects/subscription.ts'
import { cancelSubscription } from './cancel-subscription.ts'
import { collectInvoice } from './collect-invoice.ts'
import { pauseSubscription } from './pause-subscription.ts'
import { settingsOf } from './settings.ts'
import { paymentMethodOf } from './subscription-payment.ts'

const stopCollecting = (world: World, subscription: SubscriptionRecord): void => {
  for (const invoice of world.all('invoice'))
    if (invoice.subscription === subscription.id && invoice.status === 'open')
      world.put<InvoiceRecord>({ ...invoice, auto_advance: false, next_payment_attempt: null })
}

/** What the account wants when the last automatic try has failed. */
export const giveUpCollecting = (world: World, subscription: SubscriptionRecord): void => {
  switch (settingsOf(world).final_action) {
    case 'cancel':
      cancelSubscription(world, subscription, { reason: 'payment_failed' })
      return
    case 'unpaid':
      stopCollecting(world, subscription)
      world.change('customer.subscription.updated', subscription, { status: 'unpaid' })
      return
    case 'pause':
      pauseSubscription(world, subscription, 'final_payment_failure')
      return
    case 'past_due':
      return
  }
}

/** The schedule tries an open invoice once more, and gives up after the last time. */
export const retryInvoice = (world: World, invoice: InvoiceRecord): void => {
  const customer = world.need('customer', invoice.customer, 'customer')
  const subscription = world.get('subscription', invoice.subscription)
  const outcome = collectInvoice(world, invoice, {
    method: paymentMethodOf(world, customer, subscription),
    automatic: true,
  })
  const last = outcome.status === 'failed' && outcome.invoice.next_payment_attempt === null
  const tried = world.get('subscription', invoice.subscription)
  if (last && tried !== undefined && tried.ended_at === null) giveUpCollecting(world, tried)
}
