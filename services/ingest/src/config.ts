import {
  ConfigError,
  type ConfigOf,
  choice,
  defineConfig,
  type Environment,
  type Field,
  integer,
  list,
  serviceFields,
} from '@keyflow/runtime'
import {
  DEFAULT_ENDPOINT,
  isAccount,
  readDeclaredEndpoints,
  sharedSecretProblems,
} from './domain/declared-endpoints.ts'
import { type Endpoint, MODES } from './domain/endpoint.ts'
import { secretProblems } from './domain/webhook-secret.ts'

const refuse = (problems: readonly string[]): void => {
  if (problems.length > 0) throw new Error(problems.join(', and '))
}

const webhookSecrets: Field<readonly string[]> = {
  env: 'STRIPE_WEBHOOK_SECRET',
  doc: 'Signing secret of the default endpoint (whsec_…); while rotating, the new one and then the old, comma-separated.',
  kind: 'secrets',
  fallback: undefined,
  secret: true,
  parse: (text) => {
    const secrets = text.split(',').map((part) => part.trim())
    refuse(secretProblems(secrets))
    return secrets
  },
}

const webhookAccount: Field<string> = {
  env: 'STRIPE_WEBHOOK_ACCOUNT',
  doc: 'Whose events the default endpoint takes: any, platform (own), connect (any connected account) or one acct_….',
  kind: 'text',
  fallback: 'any',
  secret: false,
  parse: (text) => {
    if (!isAccount(text)) throw new Error('must be any, platform, connect or acct_…')
    return text
  },
}

const furtherEndpoints: Field<readonly Endpoint[]> = {
  env: 'STRIPE_WEBHOOK_ENDPOINTS_JSON',
  doc: 'Further endpoints by name, each at /api/v1/webhooks/stripe/<name>: {"connect":{"secrets":["whsec_…"],"mode":"live","account":"connect"}}; mode and account default to any.',
  kind: 'secret',
  fallback: '{}',
  secret: true,
  parse: (text) => {
    const { endpoints, problems } = readDeclaredEndpoints(text)
    refuse(problems)
    return endpoints
  },
}

const declared = defineConfig('ingest', {
  ...serviceFields({ http: 8787 }),
  webhookSecrets,
  webhookMode: choice('STRIPE_WEBHOOK_MODE', MODES, {
    doc: 'Mode that the default endpoint takes; events of the other are acknowledged, counted and dropped.',
    default: 'any',
  }),
  webhookAccount,
  furtherEndpoints,
  publishDeadlineMs: integer('PUBLISH_DEADLINE_MS', {
    doc: 'Longest wait for the acknowledgment of Kafka, in milliseconds; after it the sender gets 503.',
    default: '2000',
    min: 100,
    max: 30_000,
  }),
  maxInFlightRequests: integer('MAX_IN_FLIGHT_REQUESTS', {
    doc: 'Requests in hand above which further ones get 503 at once.',
    default: '2000',
    min: 1,
  }),
  maxInFlightBytes: integer('MAX_IN_FLIGHT_BYTES', {
    doc: 'Body bytes in hand above which further requests get 503 at once.',
    default: String(64 * 1024 * 1024),
    min: 1,
  }),
  trustedProxyHops: integer('TRUSTED_PROXY_HOPS', {
    doc: 'Proxies in front whose X-Forwarded-For is believed; only used to attribute bad signatures.',
    default: '0',
    max: 10,
  }),
  stripeAddresses: list('STRIPE_WEBHOOK_ADDRESSES', {
    doc: 'IP addresses that Stripe sends webhooks from, as it publishes them; only used to attribute bad signatures.',
    default:
      '3.18.12.63,3.130.192.231,13.235.14.237,13.235.122.149,18.211.135.69,35.154.171.200,52.15.183.38,54.88.130.119,54.88.130.237,54.187.174.169,54.187.205.235,54.187.216.72',
  }),
})

export type Config = ConfigOf<typeof declared.fields>

/** All endpoints of a configuration, the default one first. */
export const endpointsOf = (
  config: Pick<Config, 'webhookSecrets' | 'webhookMode' | 'webhookAccount' | 'furtherEndpoints'>,
): readonly Endpoint[] => [
  {
    name: DEFAULT_ENDPOINT,
    secrets: config.webhookSecrets,
    mode: config.webhookMode,
    account: config.webhookAccount,
  },
  ...config.furtherEndpoints,
]

const load = (env: Environment): Config => {
  const config = declared.load(env)
  const problems = sharedSecretProblems(endpointsOf(config))
  if (problems.length > 0) throw new ConfigError(declared.service, problems)
  return config
}

export const config = { ...declared, load }
