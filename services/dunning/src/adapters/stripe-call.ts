import type { Scope } from '@keyflow/contracts'
import { KeyflowError, onBehalfOf, stripeAddress, stripeKeyFor } from '@keyflow/runtime'
import Stripe from 'stripe'

/**
 * The one way to Stripe's API. Throws KeyflowError: transient when Stripe cannot be asked (also for want of a key), invalid when
 * it does not know the object.
 */
export type StripeCall = <T>(
  scope: Scope,
  work: (client: Stripe, request: Stripe.RequestOptions) => Promise<T>,
) => Promise<T>

export interface StripeCallOptions {
  /** One key per mode. */
  readonly apiKeys: readonly string[]
  readonly apiBase: string
  readonly timeoutMs: number
}

export const createStripeCall = (options: StripeCallOptions): StripeCall => {
  const clients = { live: clientFor(options, true), test: clientFor(options, false) }
  return async (scope, work) => {
    const client = scope.livemode ? clients.live : clients.test
    if (client === undefined) throw new KeyflowError('transient', 'NO_API_KEY', 'no Stripe key for this mode')
    try {
      return await work(client, onBehalfOf(scope))
    } catch (error) {
      throw translate(error)
    }
  }
}

const clientFor = (options: StripeCallOptions, livemode: boolean): Stripe | undefined => {
  const key = stripeKeyFor(options.apiKeys, livemode)
  if (key === undefined) return undefined
  return new Stripe(key, {
    ...stripeAddress(options.apiBase),
    // A connection that Stripe closed while it was idle is no reason to put a restriction off.
    maxNetworkRetries: 2,
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
