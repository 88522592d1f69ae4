import type { Scope } from '@keyflow/contracts'
import { KeyflowError } from '@keyflow/runtime'
import Stripe from 'stripe'

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

export interface StripeLookOptions {
  /** One key per mode. */
  readonly apiKeys: readonly string[]
  readonly apiBase: string
  readonly timeoutMs: number
  /** Unix milliseconds; where Stripe's answer bears no date. */
  readonly clock: () => Date
}

export const createStripeLook = (options: StripeLookOptions): StripeLook => {
  const clients = { live: clientFor(options, '_live_'), test: clientFor(options, '_test_') }
  return {
    look: async (scope, subscription, invoices) => {
      const client = scope.livemode ? clients.live : clients.test
      if (client === undefined)
        throw new KeyflowError('transient', 'NO_API_KEY', 'no Stripe key for this mode')
      const account = scope.account.startsWith('acct_') ? { stripeAccount: scope.account } : {}
      const answered = (
        what: StripeAnswer['what'],
        subject: string,
        body: { readonly lastResponse: { readonly headers: Readonly<Record<string, string>> } },
      ): StripeAnswer => {
        const date = Date.parse(body.lastResponse.headers.date ?? '')
        const ms = Number.isNaN(date) ? options.clock().getTime() : date
        return { what, subject, body: JSON.stringify(body), askedAt: Math.floor(ms / 1000) }
      }
      try {
        return await Promise.all([
          client.subscriptions
            .retrieve(subscription, {}, account)
            .then((body) => answered('subscription', subscription, body)),
          ...invoices.map((id) =>
            client.invoices
              .retrieve(id, { expand: ['payments.data.payment.payment_intent'] }, account)
              .then((body) => answered('invoice', id, body)),
          ),
        ])
      } catch (error) {
        throw translate(error)
      }
    },
  }
}

const clientFor = (options: StripeLookOptions, mode: string): Stripe | undefined => {
  const key = options.apiKeys.find((candidate) => candidate.includes(mode))
  if (key === undefined) return undefined
  const { hostname, port, protocol } = new URL(options.apiBase)
  return new Stripe(key, {
    host: hostname,
    port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
    protocol: protocol === 'https:' ? 'https' : 'http',
    maxNetworkRetries: 0,
    timeout: options.timeoutMs,
    telemetry: false,
  })
}

/** SDK errors carry requests and answers: only their type and status leave this file. */
const translate = (error: unknown): KeyflowError => {
  if (error instanceof KeyflowError) return error
  const status = error instanceof Stripe.errors.StripeError ? error.statusCode : undefined
  return status === 404
    ? new KeyflowError('invalid', 'STRIPE_REFUSED', 'Stripe does not know it')
    : new KeyflowError('transient', 'STRIPE_UNAVAILABLE', `Stripe did not answer (${status ?? 'no status'})`)
}
