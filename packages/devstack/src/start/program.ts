import { join } from 'node:path'
import { ROOT } from '../checkout.ts'
import { isListening } from '../processes/ports.ts'
import type { Addresses } from '../stack.ts'
import type { DevSecrets } from './dev-secrets.ts'
import type { Ports, PortVariable } from './ports.ts'
import type { StripeSettings } from './stripe-settings.ts'

/** One process of `npm start` beside Kafka and MongoDB. */
export interface Program {
  readonly name: string
  /** Relative to the checkout; also what tells a left-over process of ours from a stranger. */
  readonly script: string
  readonly nodeArgs?: readonly string[]
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly portVariables: readonly PortVariable[]
  readonly isReady: () => Promise<boolean>
}

export interface World {
  readonly ports: Ports
  readonly secrets: DevSecrets
  readonly stripe: StripeSettings
  readonly dataDir: string
  /** The user's environment: what it sets is passed on as it is. */
  readonly env: Readonly<Record<string, string | undefined>>
}

const answersOk = async (url: string): Promise<boolean> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) })
  await response.body?.cancel()
  return response.ok
}

/** What stands outside Keyflow: the inbox that takes its mail, and the stand-in for Stripe. */
export const outsidePrograms = ({ ports, stripe, dataDir }: World): readonly Program[] => [
  {
    name: 'inbox',
    script: 'node_modules/maildev/dist/bin/maildev.js',
    args: [
      ...['--smtp', String(ports.SMTP_PORT), '--ip', '127.0.0.1'],
      ...['--web', String(ports.INBOX_PORT), '--web-ip', '127.0.0.1'],
      ...['--mail-directory', join(dataDir, 'inbox')],
    ],
    portVariables: ['INBOX_PORT', 'SMTP_PORT'],
    isReady: () => answersOk(`http://127.0.0.1:${ports.INBOX_PORT}/api/healthz`),
  },
  {
    name: 'stripe-sandbox',
    script: 'packages/stripe-sandbox/src/main.ts',
    env: {
      STRIPE_SANDBOX_PORT: String(ports.STRIPE_SANDBOX_PORT),
      STRIPE_SANDBOX_DATA: join(dataDir, 'stripe-sandbox'),
      STRIPE_SANDBOX_WEBHOOK_SECRET: stripe.sandboxSecret,
      ...(stripe.sandboxDelivers && { STRIPE_SANDBOX_WEBHOOK_URL: webhookUrl(ports) }),
    },
    portVariables: ['STRIPE_SANDBOX_PORT'],
    isReady: () => isListening(ports.STRIPE_SANDBOX_PORT),
  },
]

export const webhookUrl = (ports: Ports): string =>
  `http://127.0.0.1:${ports.INGEST_PORT}/api/v1/webhooks/stripe`

export const SERVICES = ['ingest', 'licensing', 'dunning', 'notifier', 'outbound'] as const
export type ServiceName = (typeof SERVICES)[number]

const upper = <S extends string>(name: S): Uppercase<S> => name.toUpperCase() as Uppercase<S>

const DEVELOPMENT_CATALOG = join(ROOT, 'services/licensing/catalog/development.yaml')

/** What each service is told beyond what all of them are. */
const ownSettings = ({ ports, secrets, stripe, env }: World): Readonly<Record<ServiceName, object>> => {
  const secret = (name: keyof DevSecrets): string => env[name] || secrets[name]
  const keeper = {
    OPERATOR_TOKEN: secret('OPERATOR_TOKEN'),
    PERSONAL_MASTER_KEYS: secret('PERSONAL_MASTER_KEYS'),
  }
  const transport = { KEY_TRANSPORT_SECRET: secret('KEY_TRANSPORT_SECRET') }
  return {
    ingest: { STRIPE_WEBHOOK_SECRET: stripe.webhookSecret },
    licensing: {
      ...keeper,
      ...transport,
      ISSUER_SECRET: secret('ISSUER_SECRET'),
      STRIPE_API_KEY: stripe.apiKey,
      STRIPE_API_BASE: stripe.apiBase,
      CATALOG_FILE: env.CATALOG_FILE || DEVELOPMENT_CATALOG,
    },
    dunning: {
      ...keeper,
      STRIPE_API_KEY: stripe.apiKey,
      STRIPE_API_BASE: stripe.apiBase,
      DUNNING_LINK_KEYS: secret('DUNNING_LINK_KEYS'),
      DUNNING_PUBLIC_URL: env.DUNNING_PUBLIC_URL || `http://127.0.0.1:${ports.DUNNING_PORT}`,
    },
    outbound: keeper,
    notifier: {
      ...keeper,
      ...transport,
      SMTP_URL: env.SMTP_URL || `smtp://127.0.0.1:${ports.SMTP_PORT}`,
      SMTP_SINK_URL: env.SMTP_SINK_URL || `smtp://127.0.0.1:${ports.SMTP_PORT}`,
      MAIL_FROM: env.MAIL_FROM || 'Keyflow <licenses@keyflow.localhost>',
      LICENSE_API_URL: env.LICENSE_API_URL || `http://127.0.0.1:${ports.LICENSING_PORT}`,
    },
  }
}

/** The services, on the Kafka and MongoDB of those addresses. */
export const servicePrograms = (world: World, { brokers, mongoUrl }: Addresses): readonly Program[] => {
  const own = ownSettings(world)
  return SERVICES.map((name) => {
    const portVariables = [`${upper(name)}_PORT`, `${upper(name)}_OPS_PORT`] as const
    const [http, ops] = portVariables.map((variable) => world.ports[variable])
    return {
      name,
      script: `services/${name}/src/main.ts`,
      nodeArgs: ['--import', join(ROOT, 'packages/runtime/src/telemetry/preload.ts')],
      env: {
        OTEL_SERVICE_NAME: `keyflow-${name}`,
        HTTP_HOST: '127.0.0.1',
        HTTP_PORT: String(http),
        OPS_PORT: String(ops),
        KAFKA_BROKERS: brokers.join(','),
        MONGODB_URL: mongoUrl,
        ...own[name],
      },
      portVariables,
      isReady: () => answersOk(`http://127.0.0.1:${ops}/readyz`),
    }
  })
}
