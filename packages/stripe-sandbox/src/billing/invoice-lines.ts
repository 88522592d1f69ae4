import { newId } from '../identifiers.ts'
import type { PriceRecord } from '../objects/catalog.ts'
import type { InvoiceItemRecord, InvoiceLineRecord, Period } from '../objects/invoice.ts'
import type { SubscriptionItemRecord, SubscriptionRecord } from '../objects/subscription.ts'
import { lineText } from './money.ts'

/** One period of one subscription item at full price. */
export const subscriptionLine = (
  subscription: Pick<SubscriptionRecord, 'id' | 'metadata'>,
  item: SubscriptionItemRecord,
  period: Period,
): InvoiceLineRecord => ({
  id: newId('il'),
  amount: item.price.unit_amount * item.quantity,
  currency: item.price.currency,
  description: lineText(item.price, item.quantity),
  invoice_item: null,
  metadata: subscription.metadata,
  period,
  price: item.price,
  proration: false,
  quantity: item.quantity,
  subscription: subscription.id,
  subscription_item: item.id,
})

/** The free line that stands for a trial. */
export const trialLine = (
  subscription: Pick<SubscriptionRecord, 'id' | 'metadata'>,
  item: SubscriptionItemRecord,
  period: Period,
): InvoiceLineRecord => ({
  ...subscriptionLine(subscription, item, period),
  amount: 0,
  description: `Trial period for ${item.price.product_name}`,
})

/** A one-time price bought beside a subscription, or alone on an invoice. */
export const oneTimeLine = (price: PriceRecord, quantity: number, at: number): InvoiceLineRecord => ({
  id: newId('il'),
  amount: price.unit_amount * quantity,
  currency: price.currency,
  description: lineText(price, quantity),
  invoice_item: newId('ii'),
  metadata: {},
  period: { start: at, end: at },
  price,
  proration: false,
  quantity,
  subscription: null,
  subscription_item: null,
})

/** A pending invoice item on its way onto an invoice. */
export const itemLine = (item: InvoiceItemRecord): InvoiceLineRecord => ({
  id: newId('il'),
  amount: item.amount,
  currency: item.currency,
  description: item.description ?? 'Invoice item',
  invoice_item: item.id,
  metadata: item.metadata,
  period: item.period,
  price: item.price,
  proration: item.proration,
  quantity: item.quantity,
  subscription: item.subscription,
  subscription_item: item.subscription_item,
})
