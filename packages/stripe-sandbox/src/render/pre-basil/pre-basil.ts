import { newest, type Renderers } from '../newest/newest.ts'
import { preBasilCheckoutSession } from './checkout-session.ts'
import { preBasilInvoice, preBasilInvoiceItem } from './invoice.ts'
import { preBasilCharge, preBasilPaymentIntent } from './payment.ts'
import { preBasilSubscription } from './subscription.ts'

/** Every object as API versions before 2025-03-31.basil showed it. */
export const preBasil: Renderers = {
  ...newest,
  payment_intent: preBasilPaymentIntent,
  charge: preBasilCharge,
  subscription: preBasilSubscription,
  invoice: preBasilInvoice,
  invoiceitem: preBasilInvoiceItem,
  'checkout.session': preBasilCheckoutSession,
}
