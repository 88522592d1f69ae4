import type { Scope } from '@keyflow/contracts'
import { KeyflowError } from '@keyflow/runtime'
import type { StripeAccess } from '@keyflow/runtime/stripe'

export interface StripePages {
  /** A fresh link to the page of an invoice; null when there is nothing to pay on it (any more). */
  readonly invoice: (scope: Scope, invoice: string) => Promise<string | null>
  /** A fresh way into the billing portal, straight to the form for another card. Lasts for minutes. */
  readonly portal: (scope: Scope, customer: string, locale: string, returnUrl: string) => Promise<string>
}

/** Pages that Stripe makes when a customer asks for them: none of them is kept or mailed. */
export const createStripePages = ({ call }: Pick<StripeAccess, 'call'>): StripePages => ({
  invoice: (scope, id) =>
    call(scope, async (client, request) => {
      const { status, hosted_invoice_url: url } = await client.invoices.retrieve(id, {}, request)
      if (status === 'paid' || status === 'void') return null
      if (url === null || url === undefined)
        throw new KeyflowError('invalid', 'NO_INVOICE_PAGE', 'the invoice has no page to pay on')
      return url
    }),
  portal: (scope, customer, locale, returnUrl) =>
    call(scope, async (client, request) => {
      const session = await client.billingPortal.sessions.create(
        {
          customer,
          return_url: returnUrl,
          locale: locale as 'auto',
          flow_data: {
            type: 'payment_method_update',
            after_completion: { type: 'redirect', redirect: { return_url: returnUrl } },
          },
        },
        request,
      )
      return session.url
    }),
})
