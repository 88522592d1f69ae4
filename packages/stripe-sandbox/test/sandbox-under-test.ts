import Stripe from 'stripe'
import { createSandbox, type SandboxOptions } from '../src/index.ts'
import { type Receiver, startReceiver } from './receiver.ts'

export const SECRET = 'whsec_sandboxUnderTest'
export const KEY = 'sk_test_sandbox'

export type SandboxUnderTest = Awaited<ReturnType<typeof startSandbox>>

/** Started parts are stopped by `stopAll`, in reverse order. */
const started: (() => Promise<void>)[] = []

export const stopAll = async (): Promise<void> => {
  for (const stop of started.splice(0).reverse()) await stop()
}

/** The real client, pointed at a sandbox; it does not repeat requests by itself. */
export const clientOf = (url: string): Stripe =>
  new Stripe(KEY, {
    host: '127.0.0.1',
    port: new URL(url).port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
  })

/** A started sandbox on a free port with the real client pointed at it. */
export const startSandbox = async (options: SandboxOptions = {}) => {
  const sandbox = createSandbox({
    port: 0,
    retry: { baseMs: 5, capMs: 40, attempts: 6 },
    ...options,
  })
  const { url } = await sandbox.start()
  started.push(sandbox.stop)
  const stripe = clientOf(url)
  /** A call that only the sandbox has. */
  const play = async (path: string, form: Record<string, string> = {}) => {
    const response = await fetch(`${url}/v1/sandbox/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}` },
      body: new URLSearchParams(form),
    })
    const body = JSON.parse(await response.text())
    if (response.status >= 500) throw new Error(`${path}: ${JSON.stringify(body)}`)
    return { status: response.status, body }
  }
  return { sandbox, stripe, play, url }
}

/** The receiver of a boot endpoint and what it got, verified by Stripe's own code. */
export const startDelivered = async (
  answer?: Parameters<typeof startReceiver>[0],
  options: SandboxOptions = {},
) => {
  const receiver = await startReceiver(answer)
  started.push(receiver.close)
  const parts = await startSandbox({ webhook: { url: receiver.url, secret: SECRET }, ...options })
  const events = (): Stripe.Event[] => verified(parts.stripe, receiver)
  return { receiver, events, ...parts }
}

const verified = (stripe: Stripe, receiver: Receiver): Stripe.Event[] =>
  receiver.received.map(({ body, signature }) => stripe.webhooks.constructEvent(body, signature, SECRET))

/** Every event of the account, oldest first. */
export const allEvents = async (stripe: Stripe): Promise<Stripe.Event[]> => {
  const events: Stripe.Event[] = []
  for await (const event of stripe.events.list({ limit: 100 })) events.push(event)
  return events.reverse()
}

/** A customer with a working card and an active subscription. */
export const subscribe = async (stripe: Stripe, price = 'price_pro_monthly', card = 'pm_card_visa') => {
  const customer = await stripe.customers.create({
    email: 'ada@example.com',
    name: 'Ada',
    payment_method: card,
    invoice_settings: { default_payment_method: card },
  })
  const subscription = await stripe.subscriptions.create({ customer: customer.id, items: [{ price }] })
  return { customer, subscription }
}
