import type { JsonObject } from '../../json.ts'
import type { CheckoutLineItem, CheckoutSessionRecord } from '../../objects/checkout-session.ts'
import { renderPrice } from './catalog.ts'

const nothingTaken = { amount_discount: 0, amount_shipping: 0, amount_tax: 0 } as const

/** One of `/line_items`: never inside the session unless it is asked for. */
export const renderCheckoutLineItem = (item: CheckoutLineItem): JsonObject => ({
  id: item.id,
  object: 'item',
  adjustable_quantity: null,
  amount_discount: 0,
  amount_subtotal: item.price.unit_amount * item.quantity,
  amount_tax: 0,
  amount_total: item.price.unit_amount * item.quantity,
  currency: item.price.currency,
  description: item.description,
  metadata: {},
  price: renderPrice(item.price),
  quantity: item.quantity,
})

const renderCustomerDetails = ({ customer_details }: CheckoutSessionRecord): JsonObject | null =>
  customer_details === null
    ? null
    : {
        ...customer_details,
        business_name: null,
        individual_name: null,
        tax_exempt: 'none',
        tax_ids: [],
      }

export const renderCheckoutSession = (session: CheckoutSessionRecord): JsonObject => ({
  id: session.id,
  object: 'checkout.session',
  adaptive_pricing: { enabled: false },
  after_expiration: null,
  allow_promotion_codes: null,
  amount_subtotal: session.amount_total,
  amount_total: session.amount_total,
  automatic_tax: { enabled: false, liability: null, provider: null, status: null },
  billing_address_collection: null,
  cancel_url: session.cancel_url,
  client_reference_id: session.client_reference_id,
  client_secret: null,
  collected_information: { business_name: null, individual_name: null, shipping_details: null },
  consent: null,
  consent_collection: null,
  created: session.created,
  currency: session.currency,
  currency_conversion: null,
  custom_fields: [],
  custom_text: {
    after_submit: null,
    shipping_address: null,
    submit: null,
    terms_of_service_acceptance: null,
  },
  customer: session.customer,
  customer_account: null,
  customer_creation: session.customer_creation,
  customer_details: renderCustomerDetails(session),
  customer_email: session.customer_email,
  discounts: [],
  expires_at: session.expires_at,
  invoice: session.invoice,
  invoice_creation:
    session.mode === 'payment'
      ? {
          enabled: session.invoice_creation,
          invoice_data: {
            account_tax_ids: null,
            custom_fields: null,
            description: null,
            footer: null,
            issuer: null,
            metadata: {},
            rendering_options: null,
          },
        }
      : null,
  livemode: false,
  locale: session.locale,
  metadata: session.metadata,
  mode: session.mode,
  origin_context: null,
  payment_intent: session.payment_intent,
  payment_link: null,
  payment_method_collection: session.mode === 'subscription' ? 'always' : 'if_required',
  payment_method_configuration_details: null,
  payment_method_options: { card: { request_three_d_secure: 'automatic' } },
  payment_method_types: session.payment_method_types,
  payment_status: session.payment_status,
  permissions: null,
  phone_number_collection: { enabled: false },
  recovered_from: null,
  saved_payment_method_options: null,
  setup_intent: null,
  shipping_address_collection: null,
  shipping_cost: null,
  shipping_options: [],
  status: session.status,
  submit_type: null,
  subscription: session.subscription,
  success_url: session.success_url,
  total_details: nothingTaken,
  ui_mode: session.ui_mode,
  url: session.url,
  wallet_options: null,
})
