import { waitUntil } from '@keyflow/devstack'
import Stripe from 'stripe'

/** A buyer whose time is turned by hand. Unix seconds. */
export interface BuyerOnClock extends Purchase {
  readonly clock: string
  /** Moves their time on, and resolves when everything on the way has happened. */
  readonly advance: (to: number) => Promise<void>
}

export interface Purchase {
  readonly subscription: string
  readonly customer: string
}

/** How an endpoint's deliveries misbehave; see the sandbox's README. */
export interface Faults {
  readonly duplicate_rate?: number
  readonly reorder_window?: number
  readonly delay_ms?: number
}

const clientOf = (url: string, apiKey: string): Stripe =>
  new Stripe(apiKey, {
    protocol: 'http',
    host: '127.0.0.1',
    port: new URL(url).port,
    maxNetworkRetries: 0,
    telemetry: false,
  })

/** What a seller and the buyers do at Stripe, through Stripe's own client. */
export const openShop = (url: string, apiKey: string) => {
  const stripe = clientOf(url, apiKey)
  const endpoint = async (): Promise<string> => {
    const { data } = await stripe.webhookEndpoints.list()
    return data[0]?.id ?? ''
  }

  return {
    url,
    stripe,

    /** Opens a checkout session and pays it, as a buyer would. */
    buy: async (email: string, price: string): Promise<Purchase> => {
      const session = await stripe.checkout.sessions.create({
        mode: 'subscription',
        line_items: [{ price, quantity: 1 }],
        success_url: 'https://example.com/thanks',
      })
      const paid: Stripe.Checkout.Session = await stripe.rawRequest(
        'POST',
        `/v1/sandbox/checkout/sessions/${session.id}/complete`,
        { email, name: 'A Buyer' },
      )
      return { subscription: String(paid.subscription), customer: String(paid.customer) }
    },

    /** The same on a test clock of its own, which begins at `start`. */
    buyOnClock: async (email: string, price: string, start: number): Promise<BuyerOnClock> => {
      const clock = await stripe.testHelpers.testClocks.create({ frozen_time: start })
      const customer = await stripe.customers.create({ email, name: 'A Buyer', test_clock: clock.id })
      const session = await stripe.checkout.sessions.create({
        mode: 'subscription',
        customer: customer.id,
        line_items: [{ price, quantity: 1 }],
        success_url: 'https://example.com/thanks',
      })
      const paid: Stripe.Checkout.Session = await stripe.rawRequest(
        'POST',
        `/v1/sandbox/checkout/sessions/${session.id}/complete`,
        {},
      )
      const advance = async (to: number): Promise<void> => {
        await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: to })
        await waitUntil(
          async () => (await stripe.testHelpers.testClocks.retrieve(clock.id)).status === 'ready',
          { what: 'the test clock to arrive', deadlineMs: 10_000, everyMs: 10 },
        )
      }
      return { subscription: String(paid.subscription), customer: customer.id, clock: clock.id, advance }
    },
    /** From now on their card is declined at every renewal. */
    breakCard: async ({ customer, subscription }: Purchase): Promise<void> => {
      const method = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer })
      await stripe.subscriptions.update(subscription, { default_payment_method: method.id })
    },
    /** The dashboard's settings for failed payments. */
    setRetries: async (settings: Readonly<Record<string, string>>): Promise<void> => {
      await stripe.rawRequest('POST', '/v1/sandbox/settings', settings)
    },

    changePlan: async (subscription: string, price: string): Promise<void> => {
      const { items } = await stripe.subscriptions.retrieve(subscription)
      const item = items.data[0]
      if (item === undefined) throw new Error(`${subscription} has no item`)
      await stripe.subscriptions.update(subscription, { items: [{ id: item.id, price }] })
    },
    pause: async (subscription: string): Promise<void> => {
      await stripe.subscriptions.update(subscription, { pause_collection: { behavior: 'void' } })
    },
    resume: async (subscription: string): Promise<void> => {
      await stripe.subscriptions.update(subscription, { pause_collection: '' })
    },
    cancelAtPeriodEnd: async (subscription: string): Promise<void> => {
      await stripe.subscriptions.update(subscription, { cancel_at_period_end: true })
    },
    cancel: async (subscription: string): Promise<void> => {
      await stripe.subscriptions.cancel(subscription)
    },

    /** How many events there have been. */
    countEvents: async (): Promise<number> => {
      let count = 0
      for await (const _ of stripe.events.list({ limit: 100 })) count += 1
      return count
    },
    /** Every event about a customer so far, oldest first. */
    eventsAbout: async (customer: string): Promise<readonly Stripe.Event[]> => {
      const events: Stripe.Event[] = []
      for await (const event of stripe.events.list({ limit: 100 })) {
        const object = event.data.object as { id?: string; customer?: unknown }
        if (object.customer === customer || object.id === customer) events.push(event)
      }
      return events.reverse()
    },
    /** While held back, events happen but no webhook tells of them. */
    holdWebhooks: async (held: boolean): Promise<void> => {
      await stripe.webhookEndpoints.update(await endpoint(), { disabled: held })
    },
    setFaults: async (faults: Faults): Promise<void> => {
      const path = `/v1/sandbox/webhook_endpoints/${await endpoint()}/faults`
      await stripe.rawRequest('POST', path, { ...faults })
    },
    /** Events that some endpoint has not taken yet. */
    undelivered: async (): Promise<number> =>
      (await stripe.events.list({ delivery_success: false, limit: 1 })).data.length,
  }
}
export type Shop = ReturnType<typeof openShop>
