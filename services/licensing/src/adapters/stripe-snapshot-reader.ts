import type { Scope } from '@keyflow/contracts'
import { delay, KeyflowError } from '@keyflow/runtime'
import Stripe from 'stripe'
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

export interface SnapshotReaderOptions {
  /** One key per mode. */
  readonly apiKeys: readonly string[]
  readonly apiBase: string
  readonly requestsPerSecond: number
}

interface Answer {
  readonly body: unknown
  readonly date: string | undefined
}

export const createSnapshotReader = (options: SnapshotReaderOptions): SnapshotReader => {
  const clients = { live: clientFor(options, '_live_'), test: clientFor(options, '_test_') }
  const turn = spacing(1000 / options.requestsPerSecond)
  return {
    read: async (scope, need) => {
      const client = scope.livemode ? clients.live : clients.test
      if (client === undefined)
        throw new KeyflowError(
          'transient',
          'NO_API_KEY',
          `no Stripe key for ${scope.livemode ? 'live' : 'test'} mode`,
        )
      await turn()
      const account = scope.account.startsWith('acct_') ? { stripeAccount: scope.account } : {}
      try {
        const { body, date } = await ask(client, need, account)
        const askedAt = Math.floor((date === undefined ? Number.NaN : Date.parse(date)) / 1000)
        return {
          body: JSON.stringify(body),
          askedAt: Number.isNaN(askedAt) ? Math.floor(Date.now() / 1000) : askedAt,
        }
      } catch (error) {
        throw translate(error)
      }
    },
  }
}

const clientFor = (options: SnapshotReaderOptions, mode: string): Stripe | undefined => {
  const key = options.apiKeys.find((candidate) => candidate.includes(mode))
  if (key === undefined) return undefined
  const base = new URL(options.apiBase)
  return new Stripe(key, {
    host: base.hostname,
    port: base.port === '' ? (base.protocol === 'https:' ? 443 : 80) : Number(base.port),
    protocol: base.protocol === 'https:' ? 'https' : 'http',
    maxNetworkRetries: 0,
    timeout: 10_000,
    telemetry: false,
  })
}

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

/** Calls start at least `gapMs` apart: Stripe's limit is shared by everything that uses the account. */
const spacing = (gapMs: number): (() => Promise<void>) => {
  let next = 0
  return async () => {
    const now = performance.now()
    const at = Math.max(now, next)
    next = at + gapMs
    if (at > now) await delay(at - now)
  }
}

/** SDK errors carry requests and answers: only their type and status leave this file. */
const translate = (error: unknown): KeyflowError => {
  if (error instanceof KeyflowError) return error
  const status = error instanceof Stripe.errors.StripeError ? error.statusCode : undefined
  if (status === 404 || status === 400 || status === 403)
    return new KeyflowError('invalid', 'STRIPE_REFUSED', `Stripe answered ${status}`)
  // A wrong key is mended by an operator, not by giving the purchase up.
  return new KeyflowError(
    'transient',
    'STRIPE_UNAVAILABLE',
    `Stripe did not answer (${status ?? 'no status'})`,
  )
}
