import type { JsonObject } from '../../json.ts'
import type { CustomerRecord } from '../../objects/customer.ts'

export const renderCustomer = (customer: CustomerRecord): JsonObject => ({
  id: customer.id,
  object: 'customer',
  address: customer.address,
  balance: customer.balance,
  created: customer.created,
  currency: customer.currency,
  customer_account: null,
  default_source: null,
  delinquent: customer.delinquent,
  description: customer.description,
  discount: null,
  email: customer.email,
  invoice_prefix: customer.invoice_prefix,
  invoice_settings: {
    custom_fields: null,
    default_payment_method: customer.default_payment_method,
    footer: null,
    rendering_options: null,
  },
  livemode: false,
  metadata: customer.metadata,
  name: customer.name,
  next_invoice_sequence: customer.next_invoice_sequence,
  phone: customer.phone,
  preferred_locales: customer.preferred_locales,
  shipping: customer.shipping,
  tax_exempt: 'none',
  test_clock: customer.test_clock ?? null,
})
