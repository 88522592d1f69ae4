import type { World } from '../events/world.ts'
import type { InvoiceRecord } from '../objects/invoice.ts'
import { type InvoiceOutcome, type PaymentTry, payInvoice } from './pay-invoice.ts'
import { followPayment } from './subscription-payment.ts'

/** Tries to collect an invoice and moves its subscription along. */
export const collectInvoice = (world: World, invoice: InvoiceRecord, attempt: PaymentTry): InvoiceOutcome => {
  const outcome = payInvoice(world, invoice, attempt)
  followPayment(world, outcome)
  return outcome
}
