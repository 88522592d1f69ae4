import type { DevSecrets } from './dev-secrets.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface StripeSettings {
  /** Ingest's signing secrets, comma-separated. */
  readonly webhookSecret: string
  readonly apiKey: string
  readonly apiBase: string
  /** What the sandbox signs with; also what its CLI sessions hand out. */
  readonly sandboxSecret: string
  /** Whether the sandbox sends its events to ingest. */
  readonly sandboxDelivers: boolean
  /** Variables of the user's that took the sandbox's place; with any of them no demo purchase is made. */
  readonly replaced: readonly string[]
}

const SANDBOX_KEY = 'sk_test_keyflowSandbox'
const STRIPE_API = 'https://api.stripe.com'
const NAMES = ['STRIPE_WEBHOOK_SECRET', 'STRIPE_API_KEY', 'STRIPE_API_BASE'] as const

/** The sandbox's own settings, except what the environment replaces. */
export const stripeSettings = (
  env: Environment,
  secrets: Pick<DevSecrets, 'STRIPE_WEBHOOK_SECRET'>,
  sandboxUrl: string,
): StripeSettings => {
  const given = (name: (typeof NAMES)[number]): string | undefined => env[name]?.trim() || undefined
  const webhookSecret = given('STRIPE_WEBHOOK_SECRET') ?? secrets.STRIPE_WEBHOOK_SECRET
  const apiKey = given('STRIPE_API_KEY')
  const first = webhookSecret.split(',')[0]?.trim() ?? ''
  return {
    webhookSecret,
    apiKey: apiKey ?? SANDBOX_KEY,
    // A key that somebody gave belongs to a real account: it goes to Stripe, never to a stand-in by default.
    apiBase: given('STRIPE_API_BASE') ?? (apiKey === undefined ? sandboxUrl : STRIPE_API),
    sandboxSecret: /^whsec_\w{8,}$/.test(first) ? first : secrets.STRIPE_WEBHOOK_SECRET,
    // Its events name objects that only its own API knows.
    sandboxDelivers: apiKey === undefined && given('STRIPE_API_BASE') === undefined,
    replaced: NAMES.filter((name) => given(name) !== undefined),
  }
}
