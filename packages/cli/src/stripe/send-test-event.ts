import { delay } from '@keyflow/runtime'
import type Stripe from 'stripe'
import { CliError } from '../command/cli-error.ts'

export interface TestEvent {
  readonly id: string
  readonly type: string
  /** Milliseconds from its cause until Stripe had our acknowledgment. */
  readonly tookMs: number
}

const LONGEST_MS = 30_000
const LOOK_EVERY_MS = 250

/**
 * Makes Stripe send an event and waits until every endpoint has acknowledged it; ours does so when Kafka has it. The cause is a
 * customer without name or address, deleted again at once: nothing is sold by it.
 */
export const sendTestEvent = async (client: Stripe, signal: AbortSignal): Promise<TestEvent> => {
  const began = performance.now()
  const customer = await client.customers.create({ description: 'Keyflow connection test' })
  try {
    while (performance.now() - began < LONGEST_MS) {
      const { data } = await client.events.list({ type: 'customer.created', limit: 20 })
      const event = data.find((one) => (one.data.object as { id?: string }).id === customer.id)
      if (event !== undefined && event.pending_webhooks === 0)
        return { id: event.id, type: event.type, tookMs: Math.round(performance.now() - began) }
      await delay(LOOK_EVERY_MS, signal)
      signal.throwIfAborted()
    }
  } finally {
    await client.customers.del(customer.id)
  }
  throw new CliError('Stripe made the event, but nobody has acknowledged it for 30 s.', {
    fix: 'Does ingest run with the secret that was stored, and can Stripe reach the URL? Its attempts: https://dashboard.stripe.com/webhooks.',
  })
}
