import type { JsonObject } from '../../json.ts'
import type { SnapshotKinds } from '../../store/kinds.ts'
import { renderPrice, renderProduct } from './catalog.ts'
import { renderCheckoutSession } from './checkout-session.ts'
import { renderCustomer } from './customer.ts'
import { renderInvoice, renderInvoiceItem, renderInvoicePayment } from './invoice.ts'
import { renderCharge, renderDispute, renderPaymentIntent, renderRefund } from './payment.ts'
import { renderPaymentMethod } from './payment-method.ts'
import { renderSubscription } from './subscription.ts'
import { renderTestClock } from './test-clock.ts'

export type Renderers = {
  readonly [K in keyof SnapshotKinds]: (record: SnapshotKinds[K]) => JsonObject
}

/** Every object as the newest API version shows it. */
export const newest: Renderers = {
  product: renderProduct,
  price: renderPrice,
  customer: renderCustomer,
  payment_method: renderPaymentMethod,
  payment_intent: renderPaymentIntent,
  charge: renderCharge,
  refund: renderRefund,
  dispute: renderDispute,
  subscription: renderSubscription,
  invoice: renderInvoice,
  invoiceitem: renderInvoiceItem,
  invoice_payment: renderInvoicePayment,
  'checkout.session': renderCheckoutSession,
  'test_helpers.test_clock': renderTestClock,
}
