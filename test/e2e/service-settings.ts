import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pickFreePort } from '@keyflow/devstack'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Those that a purchase passes through. */
export const SERVICES = ['ingest', 'licensing', 'dunning', 'notifier'] as const
export const ALL_SERVICES = [...SERVICES, 'outbound'] as const
export type ServiceName = (typeof ALL_SERVICES)[number]

export interface ServicePorts {
  readonly http: number
  readonly ops: number
}

/** Free ports for each service. */
export const pickPorts = async (): Promise<Readonly<Record<ServiceName, ServicePorts>>> => {
  const taken = new Set<number>()
  const pick = async (): Promise<number> => {
    const port = await pickFreePort()
    if (taken.has(port)) return pick()
    taken.add(port)
    return port
  }
  const both = async (): Promise<ServicePorts> => ({ http: await pick(), ops: await pick() })
  return {
    ingest: await both(),
    licensing: await both(),
    dunning: await both(),
    notifier: await both(),
    outbound: await both(),
  }
}

/** Wraps the keys of personal data, in every service. */
export const PERSONAL_MASTER_KEY = Buffer.alloc(32, 5)

export const OPERATOR_TOKEN = 'operator-token-end-to-end'

export interface Surroundings {
  /** Unique: part of every topic, group and database. */
  readonly name: string
  readonly brokers: readonly string[]
  readonly mongoUrl: string
  readonly ports: Readonly<Record<ServiceName, ServicePorts>>
  readonly webhookSecret: string
  readonly stripe: { readonly url: string; readonly apiKey: string }
  readonly smtpUrl: string
}

export const topicPrefix = (name: string): string => `${name}.`
export const databaseOf = (name: string, service: ServiceName): string => `${name}_${service}`

/** What a service is told by its environment, as an operator would. */
export const settingsOf = (service: ServiceName, world: Surroundings): Readonly<Record<string, string>> => ({
  OTEL_SERVICE_NAME: `keyflow-${service}`,
  KAFKA_BROKERS: world.brokers.join(','),
  MONGODB_URL: world.mongoUrl,
  MONGODB_DATABASE: databaseOf(world.name, service),
  TOPIC_PREFIX: topicPrefix(world.name),
  HTTP_HOST: '127.0.0.1',
  HTTP_PORT: String(world.ports[service].http),
  OPS_PORT: String(world.ports[service].ops),
  STRIPE_WEBHOOK_SECRET: world.webhookSecret,
  STRIPE_API_KEY: world.stripe.apiKey,
  STRIPE_API_BASE: world.stripe.url,
  ISSUER_SECRET: 'end to end tests need 32 characters here',
  KEY_TRANSPORT_SECRET: Buffer.alloc(32, 3).toString('base64'),
  PERSONAL_MASTER_KEYS: `test:${PERSONAL_MASTER_KEY.toString('base64')}`,
  OPERATOR_TOKEN,
  DUNNING_LINK_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}`,
  DUNNING_PUBLIC_URL: `http://127.0.0.1:${world.ports.dunning.http}`,
  CATALOG_FILE: join(ROOT, 'services/licensing/catalog/development.yaml'),
  SMTP_URL: world.smtpUrl,
  SMTP_SINK_URL: world.smtpUrl,
  OUTBOUND_ALLOWED_NETWORKS: '127.0.0.1/32',
  OUTBOUND_ALLOW_HTTP: 'true',
})
