/** A short-lived way into the billing portal. Whoever has its URL is the customer. */
export interface PortalSessionRecord {
  readonly object: 'billing_portal.session'
  readonly id: string
  readonly created: number
  readonly customer: string
  /** The one thing it was made for; null opens the whole portal. */
  readonly flow: 'payment_method_update' | null
  readonly locale: string | null
  readonly return_url: string | null
  readonly url: string
}
