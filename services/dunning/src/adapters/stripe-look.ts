import type { Scope } from '@keyflow/contracts'
import type { StripeCall } from './stripe-call.ts'

/** One object as Stripe answered it. */
export interface StripeAnswer {
  readonly what: 'subscription' | 'invoice'
  readonly subject: string
  /** JSON. */
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

/** `clock`: where Stripe's answer bears no date. */
export const createStripeLook = (call: StripeCall, clock: () => Date): StripeLook => {
  return {
    look: (scope, subscription, invoices) =>
      call(scope, (client, account) => {
        const answered = (
          what: StripeAnswer['what'],
          subject: string,
          body: { readonly lastResponse: { readonly headers: Readonly<Record<string, string>> } },
        ): StripeAnswer => {
          const date = Date.parse(body.lastResponse.headers.date ?? '')
          const ms = Number.isNaN(date) ? clock().getTime() : date
          return { what, subject, body: JSON.stringify(body), askedAt: Math.floor(ms / 1000) }
        }
        return Promise.all([
          client.subscriptions
            .retrieve(subscription, {}, account)
            .then((body) => answered('subscription', subscription, body)),
          ...invoices.map((id) =>
            client.invoices
              .retrieve(id, { expand: ['payments.data.payment.payment_intent'] }, account)
              .then((body) => answered('invoice', id, body)),
          ),
        ])
      }),
  }
}
