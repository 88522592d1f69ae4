import { AsyncLocalStorage } from 'node:async_hooks'
import type { Scope } from '@keyflow/contracts'
import Stripe from 'stripe'
import { delay } from '../errors/backoff.ts'
import { KeyflowError } from '../errors/classify.ts'
import { onBehalfOf, stripeAddress, stripeKeyFor } from './stripe-connection.ts'

export interface StripeAccessOptions {
  /** One key per mode. */
  readonly apiKeys: readonly string[]
  readonly apiBase: string
  readonly requestsPerSecond: number
  /** Where an answer bears no date. */
  readonly clock: () => Date
}

/** What Stripe answered, and the very text that it sent. */
export interface RawAnswer<T> {
  readonly answer: T
  readonly text: string
  /** Unix seconds by Stripe's own clock. */
  readonly at: number
}

interface Received {
  text: string
  date: string | null
  status: number
}

/** The one way to Stripe's API: everything in this process shares its rate limit. */
export interface StripeAccess {
  /**
   * One turn at Stripe's rate limit, for every request of `work` that is a first one. Throws KeyflowError: transient
   * (wait), or invalid (Stripe will never answer this).
   */
  readonly call: <T>(
    scope: Scope,
    work: (client: Stripe, request: Stripe.RequestOptions) => Promise<T>,
  ) => Promise<T>
  readonly get: <T>(scope: Scope, path: string) => Promise<RawAnswer<T>>
  /** Unix seconds of an answer's Date header. */
  readonly secondsOf: (date: string | null | undefined) => number
  /** Modes that there is a key for. */
  readonly modes: readonly boolean[]
}

export const STRIPE_NOT_FOUND = 'STRIPE_NOT_FOUND'

const DEFAULT_HOLD_SECONDS = 2
/** A connection that is refused or found closed fails sooner than this; what takes longer is Stripe being slow. */
const CLOSED_WITHIN_MS = 2000
const LONGEST_HOLD_SECONDS = 300

export const createStripeAccess = (options: StripeAccessOptions): StripeAccess => {
  const received = new AsyncLocalStorage<Received>()
  const keepText = async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const answer = await fetch(url, init)
    const kept = received.getStore()
    if (kept === undefined) return answer
    kept.text = await answer.text()
    kept.date = answer.headers.get('date')
    kept.status = answer.status
    return new Response(kept.text, { status: answer.status, headers: answer.headers })
  }
  const clients = {
    live: clientFor(options, true, keepText),
    test: clientFor(options, false, keepText),
  }
  const turns = createTurns(1000 / options.requestsPerSecond)

  const call: StripeAccess['call'] = async (scope, work) => {
    const client = scope.livemode ? clients.live : clients.test
    if (client === undefined)
      throw new KeyflowError(
        'transient',
        'NO_API_KEY',
        `no Stripe key for ${scope.livemode ? 'live' : 'test'} mode`,
      )
    const attempt = async (isFirst: boolean): ReturnType<typeof work> => {
      await turns.next()
      const startedAt = performance.now()
      try {
        return await work(client, onBehalfOf(scope))
      } catch (error) {
        // A connection that Stripe closed while it was idle says nothing of Stripe.
        const isClosed = error instanceof Stripe.errors.StripeConnectionError
        if (!isFirst || !isClosed || performance.now() - startedAt > CLOSED_WITHIN_MS) throw error
        return attempt(false)
      }
    }
    try {
      return await attempt(true)
    } catch (error) {
      if (error instanceof Stripe.errors.StripeError && error.statusCode === 429)
        turns.hold(retryAfterOf(error) * 1000)
      throw translate(error)
    }
  }

  return {
    call,
    get: <T>(scope: Scope, path: string) =>
      call(scope, (client, request) => {
        const kept: Received = { text: '', date: null, status: 0 }
        return received.run(kept, async () => {
          const answer = (await client.rawRequest('GET', path, undefined, request)) as T
          // The SDK knows an error by its body: that of a proxy on the way may be any JSON.
          if (kept.status >= 300)
            throw new KeyflowError(
              'transient',
              'STRIPE_UNAVAILABLE',
              `Stripe did not answer (${kept.status})`,
            )
          return { answer, text: kept.text, at: secondsOf(kept.date, options.clock) }
        })
      }),
    secondsOf: (date) => secondsOf(date, options.clock),
    modes: [...(clients.live ? [true] : []), ...(clients.test ? [false] : [])],
  }
}

const clientFor = (
  options: StripeAccessOptions,
  livemode: boolean,
  fetchFn: (url: string | URL | Request, init?: RequestInit) => Promise<Response>,
): Stripe | undefined => {
  const key = stripeKeyFor(options.apiKeys, livemode)
  if (key === undefined) return undefined
  return new Stripe(key, {
    ...stripeAddress(options.apiBase),
    maxNetworkRetries: 0,
    timeout: 10_000,
    telemetry: false,
    httpClient: Stripe.createFetchHttpClient(fetchFn),
  })
}

/** Unix seconds of a Date header; the given clock's where there is none. */
const secondsOf = (date: string | null | undefined, clock: () => Date): number => {
  const at = Math.floor(Date.parse(date ?? '') / 1000)
  return Number.isNaN(at) ? Math.floor(clock().getTime() / 1000) : at
}

/**
 * Calls start at least `gapMs` apart: Stripe's limit is shared by everything that uses the account. When Stripe says that
 * it was too much all the same, everybody waits.
 */
const createTurns = (gapMs: number) => {
  let next = 0
  return {
    next: async (): Promise<void> => {
      const now = performance.now()
      const at = Math.max(now, next)
      next = at + gapMs
      if (at > now) await delay(at - now)
    },
    hold: (ms: number): void => {
      next = Math.max(next, performance.now() + ms)
    },
  }
}

const retryAfterOf = ({ headers }: InstanceType<typeof Stripe.errors.StripeError>): number => {
  const seconds = Number(headers?.['retry-after'])
  return Number.isFinite(seconds) && seconds > 0
    ? Math.min(seconds, LONGEST_HOLD_SECONDS)
    : DEFAULT_HOLD_SECONDS
}

/** SDK errors carry requests and answers: only their type and status leave this file. */
const translate = (error: unknown): KeyflowError => {
  if (error instanceof KeyflowError) return error
  const status = error instanceof Stripe.errors.StripeError ? error.statusCode : undefined
  if (status === 404) return new KeyflowError('invalid', STRIPE_NOT_FOUND, 'Stripe knows no such object')
  if (status === 400 || status === 403)
    return new KeyflowError('invalid', 'STRIPE_REFUSED', `Stripe answered ${status}`)
  if (status === 429) return new KeyflowError('transient', 'STRIPE_RATE_LIMIT', 'Stripe asks for patience')
  // A wrong key is mended by an operator, not by giving the purchase up.
  return new KeyflowError(
    'transient',
    'STRIPE_UNAVAILABLE',
    `Stripe did not answer (${status ?? 'no status'})`,
  )
}
