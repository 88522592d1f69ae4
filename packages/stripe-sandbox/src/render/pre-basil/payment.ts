import type { JsonObject } from '../../json.ts'
import type { ChargeRecord, PaymentIntentRecord } from '../../objects/payment.ts'
import { embeddedList } from '../lists.ts'
import { renderCharge, renderPaymentIntent, renderRefund } from '../newest/payment.ts'
import { without } from './without.ts'

/** Payments knew their invoice. */
export const preBasilPaymentIntent = (intent: PaymentIntentRecord): JsonObject => ({
  ...without(renderPaymentIntent(intent), 'customer_account'),
  invoice: intent.invoice,
})

/** Charges knew their invoice and carried their refunds. */
export const preBasilCharge = (charge: ChargeRecord): JsonObject => ({
  ...renderCharge(charge),
  destination: null,
  dispute: null,
  invoice: charge.invoice,
  order: null,
  refunds: embeddedList(charge.refunds.map(renderRefund), `/v1/charges/${charge.id}/refunds`),
  source: null,
})
