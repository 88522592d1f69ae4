import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSandbox } from '@keyflow/stripe-sandbox'
import Stripe from 'stripe'

/** A price of a one-time purchase beside the shipped ones, found by its lookup key. */
const CATALOG = `
tiers:
  starter: { max_domains: 3, features: [updates] }
  pro: { max_domains: 10, features: [updates] }
  business: { max_domains: 25, features: [updates, sso] }
prices:
  price_starter_monthly: { tier: starter, product: app }
  price_pro_monthly: { tier: pro, product: app }
  price_business_monthly: { tier: business, product: app }
  price_business_annual: { tier: business, product: app }
  lifetime: { tier: business, product: app }
`

/** A catalog file for the prices of `openStripeShop`. */
export const shopCatalog = (): string => {
  const file = join(mkdtempSync(join(tmpdir(), 'keyflow-catalog-')), 'catalog.yaml')
  writeFileSync(file, CATALOG)
  return file
}

/** A Stripe whose webhooks nobody receives, on a clock of its own, and buyers who do all sorts of things there. */
export const openStripeShop = async (startAtMs: number) => {
  let now = startAtMs
  const sandbox = createSandbox({
    port: 0,
    clock: { now: () => now },
    // Nobody listens there: every delivery fails at once, and after two attempts for good.
    webhook: { url: 'http://127.0.0.1:9/webhooks', secret: 'whsec_nobodyListens000' },
    retry: { baseMs: 1, capMs: 1, attempts: 2 },
  })
  const { url } = await sandbox.start()
  const stripe = new Stripe('sk_test_0123456789', {
    protocol: 'http',
    host: '127.0.0.1',
    port: new URL(url).port,
    maxNetworkRetries: 0,
    telemetry: false,
  })
  const lifetime = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 49_900,
    lookup_key: 'lifetime',
    product_data: { name: 'For ever' },
  })

  const complete = async (mode: 'subscription' | 'payment', price: string, email: string) => {
    const session = await stripe.checkout.sessions.create({
      mode,
      line_items: [{ price, quantity: 1 }],
      success_url: 'https://example.com/thanks',
    })
    return (await stripe.rawRequest('POST', `/v1/sandbox/checkout/sessions/${session.id}/complete`, {
      email,
      name: 'A Buyer',
    })) as unknown as Stripe.Checkout.Session
  }
  const subscribe = async (email: string, price: string): Promise<string> =>
    String((await complete('subscription', price, email)).subscription)
  const upgrade = async (id: string, price: string): Promise<void> => {
    const item = (await stripe.subscriptions.retrieve(id)).items.data[0]?.id ?? ''
    await stripe.subscriptions.update(id, { items: [{ id: item, price }] })
  }

  /** What a buyer does, by turns. */
  const LIVES: readonly ((email: string) => Promise<unknown>)[] = [
    (email) => subscribe(email, 'price_pro_monthly'),
    async (email) => upgrade(await subscribe(email, 'price_starter_monthly'), 'price_business_monthly'),
    async (email) => stripe.subscriptions.cancel(await subscribe(email, 'price_pro_monthly')),
    async (email) => {
      const id = await subscribe(email, 'price_business_annual')
      await stripe.subscriptions.update(id, { pause_collection: { behavior: 'void' } })
    },
    (email) => complete('payment', lifetime.id, email),
    async (email) => {
      const id = await subscribe(email, 'price_pro_monthly')
      await stripe.subscriptions.update(id, { cancel_at_period_end: true })
    },
    async (email) => {
      const { payment_intent: intent } = await complete('payment', lifetime.id, email)
      await stripe.refunds.create({ payment_intent: String(intent) })
    },
    async (email) => {
      const id = await subscribe(email, 'price_starter_monthly')
      await stripe.rawRequest('POST', `/v1/sandbox/subscriptions/${id}/renew`, { outcome: 'fail' })
    },
  ]

  return {
    url,
    stripe,
    lives: LIVES.length,
    advance: (ms: number): void => {
      now += ms
    },
    /** Buyer number so many comes, and does what buyers like that do. */
    live: (label: string, number: number): Promise<unknown> =>
      LIVES[number % LIVES.length]?.(`${label}-${number}@example.com`) ?? Promise.resolve(),
    /** Events of the time being are owed to nobody: Stripe never tells that they were not delivered. */
    disableWebhooks: async (): Promise<void> => {
      const { data } = await stripe.webhookEndpoints.list()
      await stripe.webhookEndpoints.update(data[0]?.id ?? '', { disabled: true })
    },
    /** Every event so far, oldest first. */
    events: async (): Promise<readonly Stripe.Event[]> => {
      const events: Stripe.Event[] = []
      for await (const event of stripe.events.list({ limit: 100 })) events.push(event)
      return events.reverse()
    },
    stop: sandbox.stop,
  }
}
export type StripeShop = Awaited<ReturnType<typeof openStripeShop>>
