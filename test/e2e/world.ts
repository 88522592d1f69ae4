import { ALL_TOPICS, type LicenseResponse, type ValidateResponse } from '@keyflow/contracts'
import { type Addresses, createTopics, uniqueName } from '@keyflow/devstack'
import type { RecordOutcome } from '@keyflow/runtime'
import { createSandbox } from '@keyflow/stripe-sandbox'
import Stripe from 'stripe'
import { startInbox } from '../../services/notifier/test/inbox.ts'
import { openAudit } from './audit.ts'
import { openMailbox } from './mailbox.ts'
import { readCounter } from './read-counter.ts'
import { createServices, type RunOptions } from './run-services.ts'
import {
  OPERATOR_TOKEN,
  pickPorts,
  type ServiceName,
  type Surroundings,
  topicPrefix,
} from './service-settings.ts'
import { openShop } from './shop.ts'

const WEBHOOK_SECRET = 'whsec_endToEndTests0123456789'
const API_KEY = 'sk_test_endToEnd0123'

export interface WorldOptions extends Addresses, RunOptions {
  /** Where mail goes instead of the inbox. */
  readonly smtpUrl?: string
  /** Whether the sandbox sends webhooks to ingest by itself. */
  readonly webhooks?: boolean
  /** Of each topic, instead of as many as in production. */
  readonly partitions?: number
}

/**
 * The whole product as processes of its own, on a shared Kafka and MongoDB; a Stripe and an inbox in this process. The
 * processes end with this one, however it ends.
 */
export const startWorld = async (options: WorldOptions) => {
  const closers: (() => Promise<unknown>)[] = []
  const stop = async (): Promise<void> => {
    const failures: unknown[] = []
    for (const close of closers.splice(0).reverse())
      await close().catch((error: unknown) => failures.push(error))
    if (failures.length > 0) throw failures[0]
  }
  try {
    return await assemble(options, closers, stop)
  } catch (error) {
    await stop().catch(() => undefined)
    throw error
  }
}
export type World = Awaited<ReturnType<typeof startWorld>>

const assemble = async (
  options: WorldOptions,
  closers: (() => Promise<unknown>)[],
  stop: () => Promise<void>,
) => {
  const name = uniqueName('e2e')
  const ports = await pickPorts()
  await createTopics(options.brokers, ALL_TOPICS, {
    prefix: topicPrefix(name),
    ...(options.partitions === undefined ? {} : { partitions: options.partitions }),
  })
  const webhookUrl = `http://127.0.0.1:${ports.ingest.http}/api/v1/webhooks/stripe`
  const inbox = await startInbox()
  closers.push(inbox.stop)
  const sandbox = createSandbox({
    port: 0,
    signingSecret: WEBHOOK_SECRET,
    retry: { baseMs: 100, capMs: 1000, attempts: 100 },
    ...(options.webhooks === false ? {} : { webhook: { url: webhookUrl, secret: WEBHOOK_SECRET } }),
  })
  const { url } = await sandbox.start()
  closers.push(sandbox.stop)
  const surroundings: Surroundings = {
    name,
    brokers: options.brokers,
    mongoUrl: options.mongoUrl,
    ports,
    webhookSecret: WEBHOOK_SECRET,
    stripe: { url, apiKey: API_KEY },
    smtpUrl: options.smtpUrl ?? inbox.url,
  }
  const audit = await openAudit(surroundings)
  closers.push(audit.close)
  const shop = openShop(url, API_KEY)

  const services = createServices(surroundings, options)
  closers.push(services.stop)
  await services.startAll()

  return {
    name,
    surroundings,
    ports,
    shop,
    audit,
    mailbox: openMailbox(inbox),
    webhook: { url: webhookUrl, secret: WEBHOOK_SECRET },
    logFolder: services.logFolder,
    service: services.get,
    /** Starts a service that has ended; resolves when it is ready. */
    start: services.start,
    /** Asks the license API whether a key is valid, as a customer's software does. */
    validate: async (key: string, domain?: string): Promise<ValidateResponse> => {
      const answer = await fetch(`http://127.0.0.1:${ports.licensing.http}/api/v1/licenses/validate`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ key, ...(domain === undefined ? {} : { domain }) }),
      })
      return (await answer.json()) as ValidateResponse
    },
    /** The customer's software begins to use the license at a domain. */
    activate: async (key: string, domain: string): Promise<void> => {
      const answer = await fetch(`http://127.0.0.1:${ports.licensing.http}/api/v1/licenses/activate`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ key, domain }),
      })
      if (!answer.ok) throw new Error(`not activated: ${await answer.text()}`)
    },
    /** Dunning's cases of a subscription as an operator sees them. */
    cases: async (subscription: string): Promise<readonly Record<string, unknown>[]> => {
      const answer = await fetch(`http://127.0.0.1:${ports.dunning.http}/api/v1/cases/${subscription}`, {
        headers: { authorization: `Bearer ${OPERATOR_TOKEN}` },
      })
      return ((await answer.json()) as { data: Record<string, unknown>[] }).data
    },
    /** The license as an operator sees it. */
    license: async (id: string): Promise<LicenseResponse> => {
      const answer = await fetch(`http://127.0.0.1:${ports.licensing.http}/api/v1/licenses/${id}`, {
        headers: { authorization: `Bearer ${OPERATOR_TOKEN}` },
      })
      return (await answer.json()) as LicenseResponse
    },
    /** Webhook requests that ingest has answered, by outcome. */
    webhooks: async (): Promise<Readonly<Record<string, number>> & { readonly accepted: number }> => {
      const name = 'keyflow_webhook_requests_total'
      return { accepted: 0, ...(await readCounter(ports.ingest.ops, name, 'outcome')) }
    },
    /** Records that a service has processed since it started, with this outcome. */
    processed: async (service: ServiceName, outcome: RecordOutcome): Promise<number> =>
      (await readCounter(ports[service].ops, 'keyflow_events_processed_total', 'outcome'))[outcome] ?? 0,
    /** Posts an event to ingest as Stripe does, so many times at once with the same bytes and signature; gives the answers. */
    deliver: async (event: Stripe.Event, times = 1): Promise<readonly number[]> => {
      const body = JSON.stringify(event, null, 2)
      const signature = Stripe.webhooks.generateTestHeaderString({ payload: body, secret: WEBHOOK_SECRET })
      const headers = { 'content-type': 'application/json', 'stripe-signature': signature }
      const post = async (): Promise<number> => {
        const answer = await fetch(webhookUrl, { method: 'POST', headers, body })
        await answer.arrayBuffer()
        return answer.status
      }
      return Promise.all(Array.from({ length: times }, post))
    },
    /** Waits until all webhooks are taken and nothing is left to be done anywhere. */
    untilQuiet: (): Promise<void> => audit.untilQuiet(async () => (await shop.undelivered()) === 0),
    stop,
  }
}
