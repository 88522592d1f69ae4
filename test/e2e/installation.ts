import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { ALL_TOPICS } from '@keyflow/contracts'
import { createTopics, pickFreePort, uniqueName, waitUntil } from '@keyflow/devstack'
import { createSandbox } from '@keyflow/stripe-sandbox'
import { type Inbox, startInbox } from '../../services/notifier/test/inbox.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SECRET = 'whsec_endToEndTests0123456789'
export const API_KEY = 'sk_test_endToEnd0123'

export const SERVICES = ['ingest', 'licensing', 'dunning', 'notifier'] as const
export type ServiceName = (typeof SERVICES)[number]

export interface ServiceProcess {
  readonly name: ServiceName
  readonly http: number
  readonly ops: number
  readonly pid: number
  /** From the start of the process to ready, milliseconds. */
  readonly bootMs: number
  readonly kill: (signal: NodeJS.Signals) => Promise<void>
}

/** The whole product as processes of its own, on the given Kafka and MongoDB, with a sandbox and an inbox in this process. */
export const startInstallation = async (stack: {
  readonly brokers: readonly string[]
  readonly mongoUrl: string
  readonly traceFile?: string
  /** Where mail goes instead of the inbox. */
  readonly smtpUrl?: string
}) => {
  const name = uniqueName('e2e')
  await createTopics(stack.brokers, ALL_TOPICS, { prefix: `${name}.`, partitions: 3 })
  const inbox = await startInbox()
  const ports = Object.fromEntries(
    await Promise.all(
      SERVICES.map(
        async (service) => [service, { http: await pickFreePort(), ops: await pickFreePort() }] as const,
      ),
    ),
  ) as Record<ServiceName, { http: number; ops: number }>
  const webhookUrl = `http://127.0.0.1:${ports.ingest.http}/api/v1/webhooks/stripe`
  const sandbox = createSandbox({
    signingSecret: SECRET,
    webhook: { url: webhookUrl, secret: SECRET },
    retry: { baseMs: 100, capMs: 1000, attempts: 50 },
    deliveryConcurrency: 8,
  })
  const { url: stripeUrl } = await sandbox.start()
  const running = new Map<ServiceName, ChildProcess>()

  const environment = (service: ServiceName): NodeJS.ProcessEnv => ({
    PATH: process.env.PATH,
    OTEL_SERVICE_NAME: `keyflow-${service}`,
    ...(stack.traceFile === undefined ? {} : { KEYFLOW_TRACE_FILE: stack.traceFile }),
    KAFKA_BROKERS: stack.brokers.join(','),
    MONGODB_URL: stack.mongoUrl,
    MONGODB_DATABASE: `${name}_${service}`,
    TOPIC_PREFIX: `${name}.`,
    HTTP_PORT: String(ports[service].http),
    OPS_PORT: String(ports[service].ops),
    LOG_LEVEL: 'warn',
    STRIPE_WEBHOOK_SECRET: SECRET,
    STRIPE_API_KEY: API_KEY,
    STRIPE_API_BASE: stripeUrl,
    ISSUER_SECRET: 'end to end tests need 32 characters here',
    KEY_TRANSPORT_SECRET: Buffer.alloc(32, 3).toString('base64'),
    OPERATOR_TOKEN: 'operator-token-end-to-end',
    CATALOG_FILE: `${ROOT}services/licensing/catalog/development.yaml`,
    SMTP_URL: stack.smtpUrl ?? inbox.url,
  })

  const start = async (service: ServiceName): Promise<ServiceProcess> => {
    const started = performance.now()
    const preload = `${ROOT}packages/runtime/src/telemetry/preload.ts`
    const child = spawn(process.execPath, ['--import', preload, `${ROOT}services/${service}/src/main.ts`], {
      env: environment(service),
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    running.set(service, child)
    const { http, ops } = ports[service]
    await waitUntil(
      async () => {
        if (child.exitCode !== null) throw new Error(`${service} ended with ${child.exitCode}`)
        const answer = await fetch(`http://127.0.0.1:${ops}/readyz`).catch(() => undefined)
        return answer?.ok === true
      },
      { what: `${service} to be ready`, deadlineMs: 40_000 },
    )
    return {
      name: service,
      http,
      ops,
      pid: child.pid ?? 0,
      bootMs: performance.now() - started,
      kill: async (signal) => {
        const ended = once(child, 'exit')
        child.kill(signal)
        await ended
      },
    }
  }

  const services = new Map<ServiceName, ServiceProcess>()
  for (const service of await Promise.all(SERVICES.map(start))) services.set(service.name, service)

  return {
    name,
    inbox: inbox as Inbox,
    stripeUrl,
    webhookUrl,
    secret: SECRET,
    ports,
    service: (service: ServiceName): ServiceProcess => services.get(service) as ServiceProcess,
    restart: async (service: ServiceName): Promise<void> => {
      services.set(service, await start(service))
    },
    stripe: (method: 'GET' | 'POST' | 'DELETE', path: string, form: Readonly<Record<string, string>> = {}) =>
      callStripe(stripeUrl, method, path, form),
    validate: async (key: string): Promise<Record<string, unknown>> => {
      const answer = await fetch(`http://127.0.0.1:${ports.licensing.http}/api/v1/licenses/validate`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ key }),
      })
      return (await answer.json()) as Record<string, unknown>
    },
    stop: async (): Promise<void> => {
      await sandbox.stop()
      for (const child of running.values()) {
        if (child.exitCode !== null || child.signalCode !== null) continue
        const ended = once(child, 'exit')
        child.kill('SIGTERM')
        await ended
      }
      await inbox.stop()
    },
  }
}
export type Installation = Awaited<ReturnType<typeof startInstallation>>

const callStripe = async (
  base: string,
  method: string,
  path: string,
  form: Readonly<Record<string, string>>,
): Promise<Record<string, unknown>> => {
  const answer = await fetch(`${base}${path}`, {
    method,
    headers: { authorization: `Bearer ${API_KEY}` },
    ...(method === 'POST' ? { body: new URLSearchParams(form) } : {}),
  })
  const body = (await answer.json()) as Record<string, unknown>
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(body)}`)
  return body
}

const KEY = /KF-[0-9A-Z]{6}(?:-[0-9A-Z]{4,6})+/

export const keyIn = (text: string | undefined): string => KEY.exec(text ?? '')?.[0] ?? ''

/** Buys a subscription as somebody would: opens a checkout session and pays it. */
export const buy = async (
  installation: Installation,
  email: string,
  price = 'price_pro_monthly',
): Promise<{ readonly subscription: string; readonly customer: string }> => {
  const session = await installation.stripe('POST', '/v1/checkout/sessions', {
    mode: 'subscription',
    'line_items[0][price]': price,
    'line_items[0][quantity]': '1',
    success_url: 'https://example.com/thanks',
  })
  const paid = await installation.stripe('POST', `/v1/sandbox/checkout/sessions/${session.id}/complete`, {
    email,
    name: 'A Buyer',
  })
  return { subscription: String(paid.subscription), customer: String(paid.customer) }
}
