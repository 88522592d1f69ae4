import type { Scope } from '@keyflow/contracts'
import type { StripeAccess } from '@keyflow/runtime/stripe'
import type Stripe from 'stripe'
import type { SnapshotNeed } from '../domain/derived-license.ts'

export interface SnapshotAnswer {
  /** JSON of Stripe's answer, all pages joined. */
  readonly body: string
  /** Unix seconds by Stripe's own clock. */
  readonly askedAt: number
}

/** Asks Stripe. Throws KeyflowError: transient (wait), or invalid (Stripe will never answer this). */
export interface SnapshotReader {
  readonly read: (scope: Scope, need: SnapshotNeed) => Promise<SnapshotAnswer>
}

interface Answer {
  readonly body: unknown
  readonly date: string | undefined
}

export const createSnapshotReader = (access: StripeAccess): SnapshotReader => ({
  read: (scope, need) =>
    access.call(scope, async (client, request) => {
      const { body, date } = await ask(client, need, request)
      return { body: JSON.stringify(body), askedAt: access.secondsOf(date) }
    }),
})

const ask = async (client: Stripe, need: SnapshotNeed, account: Stripe.RequestOptions): Promise<Answer> => {
  if (need.what === 'subscription') {
    const subscription = await client.subscriptions.retrieve(need.subject, {}, account)
    const items = subscription.items.has_more
      ? {
          ...subscription.items,
          ...(
            await allPages((page) =>
              client.subscriptionItems.list({ subscription: need.subject, ...page }, account),
            )
          ).body,
        }
      : subscription.items
    return { body: { ...subscription, items }, date: subscription.lastResponse.headers.date }
  }
  if (need.what === 'invoice') {
    const invoice = await client.invoices.retrieve(need.subject, {}, account)
    const { body } = await allPages((page) => client.invoices.listLineItems(need.subject, page, account))
    return { body: { ...invoice, lines: body }, date: invoice.lastResponse.headers.date }
  }
  if (need.what === 'test_clock') {
    const clock = await client.testHelpers.testClocks.retrieve(need.subject, {}, account)
    return { body: clock, date: clock.lastResponse.headers.date }
  }
  if (need.what === 'invoice_payments')
    return allPages((page) =>
      client.invoicePayments.list(
        { payment: { type: 'payment_intent', payment_intent: need.subject }, ...page },
        account,
      ),
    )
  return allPages((page) => client.checkout.sessions.listLineItems(need.subject, page, account))
}

interface Page {
  readonly data: readonly { readonly id: string }[]
  readonly has_more: boolean
  readonly lastResponse: { readonly headers: Readonly<Record<string, string>> }
}

/** Webhooks and first pages hold ten entries; a license must not hang on which page its line is on. */
const allPages = async (
  list: (page: { limit: number; starting_after?: string }) => PromiseLike<Page>,
): Promise<Answer & { readonly body: { object: 'list'; data: readonly unknown[]; has_more: false } }> => {
  const data: { readonly id: string }[] = []
  let date: string | undefined
  for (;;) {
    const last = data.at(-1)
    const page = await list({ limit: 100, ...(last === undefined ? {} : { starting_after: last.id }) })
    data.push(...page.data)
    date = page.lastResponse.headers.date
    if (!page.has_more || page.data.length === 0)
      return { body: { object: 'list', data, has_more: false }, date }
  }
}
