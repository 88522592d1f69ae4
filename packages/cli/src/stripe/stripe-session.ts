import { ConfigError, defineConfig, secrets, stripeAddress, url } from '@keyflow/runtime'
import Stripe from 'stripe'
import { CliError } from '../command/cli-error.ts'
import { EXIT } from '../command/exit-codes.ts'
import type { Session } from '../session/session.ts'

/** The version that endpoints are pinned to: the one whose shapes the reader and its tests know best. */
export const PINNED_API_VERSION: string = Stripe.API_VERSION

const settings = defineConfig('keyflow', {
  apiKeys: secrets('STRIPE_API_KEY', {
    doc: 'Stripe key, restricted or secret; comma-separated, one for each mode.',
    check: (key) => {
      if (!/^(sk|rk)_(live|test)_\w{8,}$/.test(key))
        throw new Error('must hold Stripe keys: sk_live_…, sk_test_…, rk_…')
    },
  }),
  apiBase: url('STRIPE_API_BASE', {
    doc: "Stripe's API.",
    default: 'https://api.stripe.com',
    protocols: ['https', 'http'],
  }),
})

export interface StripeSession {
  readonly client: Stripe
  readonly livemode: boolean
  /** Stripe's clock minus ours when it last answered, seconds. */
  readonly skewSeconds: () => number | null
}

/** Opens Stripe's API with the key of the environment. `mode` decides where both modes have one. */
export const openStripe = (session: Session, mode: 'live' | 'test' | undefined): StripeSession => {
  const { apiKeys, apiBase } = session.config(settings)
  const candidates = apiKeys.filter((key) => mode === undefined || key.includes(`_${mode}_`))
  const [key, ...others] = candidates
  if (key === undefined)
    throw new ConfigError('keyflow', [`STRIPE_API_KEY holds no key for ${mode ?? 'any'} mode`])
  if (others.length > 0)
    throw new CliError('STRIPE_API_KEY holds a key for each mode.', {
      exitCode: EXIT.usage,
      fix: 'Say which one with --mode live or --mode test.',
    })
  let skew: number | null = null
  const client = new Stripe(key, {
    ...stripeAddress(apiBase),
    maxNetworkRetries: 2,
    timeout: 20_000,
    telemetry: false,
    httpClient: Stripe.createFetchHttpClient(async (input: string | URL | Request, init?: RequestInit) => {
      const answer = await fetch(input, { ...init, signal: session.signal })
      const date = Date.parse(answer.headers.get('date') ?? '')
      if (!Number.isNaN(date)) skew = Math.round((date - Date.now()) / 1000)
      return answer
    }),
  })
  return { client, livemode: key.includes('_live_'), skewSeconds: () => skew }
}

/** Runs calls to Stripe; what goes wrong becomes a sentence that says what to do, and never quotes the key. */
export const askingStripe = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError)) throw error
    const said = `Stripe: ${error.message.replace(/\b(sk|rk)_(live|test)_\w+/g, '$1_$2_…')}`
    if (error.statusCode === 401)
      throw new CliError(said, {
        exitCode: EXIT.notPermitted,
        fix: 'Is STRIPE_API_KEY complete and not revoked?',
      })
    if (error.statusCode === 403)
      throw new CliError(said, {
        exitCode: EXIT.notPermitted,
        fix: 'Edit the restricted key at https://dashboard.stripe.com/apikeys.',
      })
    if (error.statusCode === undefined || error.statusCode >= 500 || error.statusCode === 429)
      throw new CliError(said, { exitCode: EXIT.unavailable, fix: 'Try again later.' })
    throw new CliError(said)
  }
}
