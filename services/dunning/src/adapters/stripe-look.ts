import type { Scope } from '@keyflow/contracts'
import type { StripeAccess } from '@keyflow/runtime/stripe'

/** One object as Stripe answered it. */
export interface StripeAnswer {
  readonly what: 'subscription' | 'invoice'
  readonly subject: string
  /** JSON, as Stripe sent it. */
  readonly body: string
  /** Unix seconds by Stripe's own clock. */
  readonly askedAt: number
}

/**
 * What Stripe knows right now of a subscription and of invoices, with why their payments failed. Throws KeyflowError: transient
 * when Stripe cannot be asked (also for want of a key), invalid when it does not know the object.
 */
export interface StripeLook {
  readonly look: (
    scope: Scope,
    subscription: string,
    invoices: readonly string[],
  ) => Promise<readonly StripeAnswer[]>
}

const PAYMENTS = new URLSearchParams({ 'expand[]': 'payments.data.payment.payment_intent' })

/** Each question takes its own turn at Stripe's rate limit. */
export const createStripeLook = ({ get }: Pick<StripeAccess, 'get'>): StripeLook => {
  const ask = async (
    scope: Scope,
    what: StripeAnswer['what'],
    subject: string,
    path: string,
  ): Promise<StripeAnswer> => {
    const { text, at } = await get(scope, path)
    return { what, subject, body: text, askedAt: at }
  }
  return {
    look: (scope, subscription, invoices) =>
      Promise.all([
        ask(scope, 'subscription', subscription, `/v1/subscriptions/${encodeURIComponent(subscription)}`),
        ...invoices.map((id) =>
          ask(scope, 'invoice', id, `/v1/invoices/${encodeURIComponent(id)}?${PAYMENTS}`),
        ),
      ]),
  }
}
