import { HANDLED_EVENT_TYPES } from '../src/index.ts'
import type { Payload } from './stripe-payloads.ts'
import {
  chargeObject,
  customerObject,
  disputeObject,
  eventOf,
  invoicePaymentObject,
  listOf,
  newInvoice,
  newSubscription,
  oldInvoice,
  oldSubscription,
  paymentIntentObject,
  refundObject,
  sessionObject,
  testClockObject,
} from './stripe-payloads.ts'

const OBJECTS: readonly (readonly [prefix: string, objects: readonly Payload[]])[] = [
  ['charge.dispute.', [disputeObject()]],
  ['charge.refund.', [refundObject()]],
  ['charge.', [chargeObject(), chargeObject({ invoice: 'in_1', refunds: listOf([refundObject()]) })]],
  [
    'checkout.',
    [sessionObject(), sessionObject({ line_items: listOf([{ id: 'li_1', price: { id: 'p' } }]) })],
  ],
  ['customer.subscription.', [oldSubscription(), newSubscription()]],
  ['customer.', [customerObject()]],
  ['invoice_payment.', [invoicePaymentObject()]],
  ['invoice.', [oldInvoice(), { ...newInvoice(), payments: listOf([invoicePaymentObject()]) }]],
  ['payment_intent.', [paymentIntentObject()]],
  ['refund.', [refundObject()]],
  ['test_helpers.', [testClockObject()]],
]

/** Every handled type, in each of its shapes; updates say that the object was the same before. */
export const EVERY_EVENT: readonly Payload[] = HANDLED_EVENT_TYPES.flatMap((type) => {
  const [, objects] = OBJECTS.find(([prefix]) => type.startsWith(prefix)) ?? ['', []]
  return objects.map((object) => eventOf(type, object, { data: { object, previous_attributes: object } }))
})
