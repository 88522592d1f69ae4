import type { PriceRecord, ProductRecord } from '../objects/catalog.ts'
import type { CheckoutSessionRecord } from '../objects/checkout-session.ts'
import type { CustomerRecord } from '../objects/customer.ts'
import type { EventRecord } from '../objects/event.ts'
import type { InvoiceItemRecord, InvoicePaymentRecord, InvoiceRecord } from '../objects/invoice.ts'
import type { ChargeRecord, DisputeRecord, PaymentIntentRecord, RefundRecord } from '../objects/payment.ts'
import type { PaymentMethodRecord } from '../objects/payment-method.ts'
import type { PortalSessionRecord } from '../objects/portal-session.ts'
import type { RestrictedKeyRecord } from '../objects/restricted-key.ts'
import type { SettingsRecord } from '../objects/settings.ts'
import type { SubscriptionRecord } from '../objects/subscription.ts'
import type { TestClockRecord } from '../objects/test-clock.ts'
import type { DeliveryRecord, WebhookEndpointRecord } from '../objects/webhook-endpoint.ts'

/** Objects that an event can be about. */
export interface SnapshotKinds {
  product: ProductRecord
  price: PriceRecord
  customer: CustomerRecord
  payment_method: PaymentMethodRecord
  payment_intent: PaymentIntentRecord
  charge: ChargeRecord
  refund: RefundRecord
  dispute: DisputeRecord
  subscription: SubscriptionRecord
  invoice: InvoiceRecord
  invoiceitem: InvoiceItemRecord
  invoice_payment: InvoicePaymentRecord
  'checkout.session': CheckoutSessionRecord
  'test_helpers.test_clock': TestClockRecord
}

export interface Kinds extends SnapshotKinds {
  event: EventRecord
  webhook_endpoint: WebhookEndpointRecord
  delivery: DeliveryRecord
  'billing_portal.session': PortalSessionRecord
  'sandbox.settings': SettingsRecord
  'sandbox.restricted_key': RestrictedKeyRecord
}

export type Kind = keyof Kinds
export type StoredRecord = Kinds[Kind]
export type SnapshotRecord = SnapshotKinds[keyof SnapshotKinds]

/** Listed in full: a kind missing here would not survive a restart. */
export const KINDS: readonly Kind[] = [
  'product',
  'price',
  'customer',
  'payment_method',
  'payment_intent',
  'charge',
  'refund',
  'dispute',
  'subscription',
  'invoice',
  'invoiceitem',
  'invoice_payment',
  'checkout.session',
  'test_helpers.test_clock',
  'event',
  'webhook_endpoint',
  'delivery',
  'billing_portal.session',
  'sandbox.settings',
  'sandbox.restricted_key',
]
