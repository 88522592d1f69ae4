import { createServer } from 'node:net'
import { extname, join } from 'node:path'
import { shippedCatalog } from './catalog/shipped-prices.ts'
import type { WebhookEndpointRecord } from './objects/webhook-endpoint.ts'
import { type JournaledStore, openJournaledStore } from './store/journal.ts'
import { createStore, type Store } from './store/store.ts'
import { noFaults } from './webhooks/faults.ts'

export interface BootEndpoint {
  readonly url: string
  readonly secret: string
  /** null or absent for the newest version. */
  readonly apiVersion?: string | null
}

const BOOT_ENDPOINT = 'we_boot'

/**
 * Rejects when the port is taken. Asked before the journal is opened: opening rewrites it, and another
 * sandbox that still runs would go on writing to a file that is no longer there.
 */
export const checkPort = (host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(port, host, () => probe.close(() => resolve()))
  })

/** `data` is a journal file, or a directory for one; undefined keeps everything in memory only. */
export const openStore = (data: string | undefined): JournaledStore => {
  if (data === undefined) return { store: createStore(), close: () => {} }
  return openJournaledStore(extname(data) === '' ? join(data, 'stripe-sandbox.jsonl') : data)
}

/** Adds the shipped catalog where it is missing. `now` is Unix seconds. */
export const seedCatalog = (store: Store, now: number): void => {
  for (const record of shippedCatalog(now))
    if (store.get(record.object, record.id) === undefined) store.put(record)
}

/** Registers the endpoint of this start, or forgets the one of an earlier start. */
export const seedEndpoint = (store: Store, now: number, webhook: BootEndpoint | undefined): void => {
  const earlier = store.get('webhook_endpoint', BOOT_ENDPOINT)
  if (webhook === undefined) {
    if (earlier !== undefined) store.remove('webhook_endpoint', BOOT_ENDPOINT)
    return
  }
  store.put<WebhookEndpointRecord>({
    object: 'webhook_endpoint',
    id: BOOT_ENDPOINT,
    created: earlier?.created ?? now,
    api_version: webhook.apiVersion ?? null,
    description: 'Registered at start',
    enabled_events: ['*'],
    faults: earlier?.faults ?? noFaults,
    metadata: {},
    secrets: [{ value: webhook.secret, expires_at: null }],
    status: 'enabled',
    url: webhook.url,
  })
}
