import type { JsonObject } from '../../json.ts'
import type { CheckoutSessionRecord } from '../../objects/checkout-session.ts'
import { renderCheckoutSession } from '../newest/checkout-session.ts'
import { without } from './without.ts'

const uiMode = (mode: string): string => (mode === 'hosted_page' ? 'hosted' : mode)

/** Shipping details had a member of their own, and the hosted page its shorter name. */
export const preBasilCheckoutSession = (session: CheckoutSessionRecord): JsonObject => ({
  ...without(
    renderCheckoutSession(session),
    'collected_information',
    'customer_account',
    'origin_context',
    'permissions',
    'wallet_options',
  ),
  shipping_details: null,
  ui_mode: uiMode(session.ui_mode),
})
