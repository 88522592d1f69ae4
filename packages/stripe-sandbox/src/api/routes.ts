import type { PageRoute, Route } from '../http/route.ts'
import { accountRoutes } from './account.ts'
import { billingPortalRoutes } from './billing-portal.ts'
import { chargeRoutes } from './charges.ts'
import { checkoutSessionRoutes } from './checkout-sessions.ts'
import { customerRoutes } from './customers.ts'
import { disputeRoutes } from './disputes.ts'
import { hostedInvoicePages } from './hosted-invoice.ts'
import { invoiceItemRoutes } from './invoice-items.ts'
import { invoicePaymentRoutes } from './invoice-payments.ts'
import { invoiceRoutes } from './invoices.ts'
import { paymentIntentRoutes } from './payment-intents.ts'
import { paymentMethodRoutes } from './payment-methods.ts'
import { paymentPageRoutes } from './payment-pages.ts'
import { portalPages } from './portal-page.ts'
import { priceRoutes } from './prices.ts'
import { productRoutes } from './products.ts'
import { refundRoutes } from './refunds.ts'
import { restrictedKeyRoutes } from './restricted-keys.ts'
import { sandboxBillingRoutes } from './sandbox-billing.ts'
import { sandboxSettingsRoutes } from './sandbox-settings.ts'
import { subscriptionRoutes } from './subscriptions.ts'
import { testClockRoutes } from './test-clocks.ts'
import { webhookEndpointRoutes } from './webhook-endpoints.ts'

/** Every call that needs nothing but the world. */
export const routes: readonly Route[] = [
  ...accountRoutes,
  ...billingPortalRoutes,
  ...chargeRoutes,
  ...checkoutSessionRoutes,
  ...customerRoutes,
  ...disputeRoutes,
  ...invoiceItemRoutes,
  ...invoicePaymentRoutes,
  ...invoiceRoutes,
  ...paymentIntentRoutes,
  ...paymentMethodRoutes,
  ...paymentPageRoutes,
  ...priceRoutes,
  ...productRoutes,
  ...refundRoutes,
  ...restrictedKeyRoutes,
  ...sandboxBillingRoutes,
  ...sandboxSettingsRoutes,
  ...subscriptionRoutes,
  ...testClockRoutes,
  ...webhookEndpointRoutes,
]

/** What customers open in a browser. */
export const pageRoutes: readonly PageRoute[] = [...hostedInvoicePages, ...portalPages]
