import { afterEach, describe, expect, it } from '@jest/globals'
import type Stripe from 'stripe'
import { allEvents, startDelivered, startSandbox, stopAll } from './sandbox-under-test.ts'

afterEach(stopAll)

const BUYER = { email: 'ada@example.com', name: 'Ada', country: 'DE' }

const subscriptionSession = (stripe: Stripe, more: Partial<Stripe.Checkout.SessionCreateParams> = {}) =>
  stripe.checkout.sessions.create({
    mode: 'subscription',
    line_items: [{ price: 'price_pro_monthly', quantity: 1 }],
    success_url: 'https://example.com/done',
    ...more,
  })

const guestSession = async (stripe: Stripe) =>
  stripe.checkout.sessions.create({
    mode: 'payment',
    line_items: [
      {
        price_data: { currency: 'usd', unit_amount: 4_900, product_data: { name: 'Lifetime' } },
        quantity: 2,
      },
    ],
    success_url: 'https://example.com/done',
  })

const dataOf = async (stripe: Stripe, type: string): Promise<Stripe.Event.Data> => {
  const found = (await allEvents(stripe)).find((event) => event.type === type)
  if (found === undefined) throw new Error(`No ${type}`)
  return found.data
}

describe('a subscription bought at the hosted page', () => {
  it('announces everything that the purchase caused, in the order that Stripe was seen to use', async () => {
    const { stripe, play } = await startSandbox()
    const session = await subscriptionSession(stripe)
    const answer = await play(`checkout/sessions/${session.id}/complete`, BUYER)
    expect(answer.body).toMatchObject({ status: 'complete', payment_status: 'paid' })
    expect((await allEvents(stripe)).map(({ type }) => type)).toEqual([
      'customer.created',
      'payment_method.attached',
      'customer.updated',
      'charge.succeeded',
      'payment_intent.succeeded',
      'payment_intent.created',
      'invoice.created',
      'invoice.finalized',
      'invoice.updated',
      'invoice.paid',
      'invoice.payment_succeeded',
      'invoice_payment.paid',
      'customer.subscription.created',
      'checkout.session.completed',
    ])
  })

  it('delivers each of them once, signed so that Stripe itself accepts it', async () => {
    const { stripe, play, receiver, events } = await startDelivered()
    const session = await subscriptionSession(stripe)
    await play(`checkout/sessions/${session.id}/complete`, BUYER)
    const expected = (await allEvents(stripe)).map(({ id }) => id)
    await receiver.until('every event', (received) => received.length >= expected.length)
    expect(
      events()
        .map(({ id }) => id)
        .sort(),
    ).toEqual([...expected].sort())
  })

  it('leaves an active subscription, a paid invoice and the links between them', async () => {
    const { stripe, play } = await startSandbox()
    const { id } = await subscriptionSession(stripe, { client_reference_id: 'order-7' })
    await play(`checkout/sessions/${id}/complete`, BUYER)
    const session = await stripe.checkout.sessions.retrieve(id, {
      expand: ['line_items', 'subscription', 'invoice.payments', 'customer'],
    })
    const subscription = session.subscription as Stripe.Subscription
    const invoice = session.invoice as Stripe.Invoice
    const customer = session.customer as Stripe.Customer
    expect(session).toMatchObject({ client_reference_id: 'order-7', payment_intent: null })
    expect(session.customer_details).toMatchObject({ email: BUYER.email, name: BUYER.name })
    expect(session.line_items?.data[0]?.price?.id).toBe('price_pro_monthly')
    expect(customer).toMatchObject({ email: BUYER.email, name: BUYER.name, currency: 'usd' })
    expect(subscription).toMatchObject({
      status: 'active',
      latest_invoice: invoice.id,
      customer: customer.id,
    })
    const [item] = subscription.items.data
    expect(item?.current_period_end).toBeGreaterThan(item?.current_period_start ?? Number.POSITIVE_INFINITY)
    expect(invoice).toMatchObject({ status: 'paid', amount_paid: 2_900, customer_email: BUYER.email })
    expect(invoice.billing_reason).toBe('subscription_create')
    expect(invoice.lines.data[0]?.period).toEqual({
      start: item?.current_period_start,
      end: item?.current_period_end,
    })
    expect(invoice.payments?.data[0]?.status).toBe('paid')
  })

  it('keeps the session open and nothing else when the card is declined', async () => {
    const { stripe, play } = await startSandbox()
    const { id } = await subscriptionSession(stripe)
    const answer = await play(`checkout/sessions/${id}/complete`, { ...BUYER, card: '4000000000000341' })
    expect(answer.status).toBe(402)
    expect(answer.body.error).toMatchObject({ type: 'card_error', code: 'card_declined' })
    expect((await stripe.checkout.sessions.retrieve(id)).status).toBe('open')
    expect((await stripe.subscriptions.list()).data).toEqual([])
  })

  it('cannot be completed twice, nor after it expired', async () => {
    const { stripe, play } = await startSandbox()
    const bought = await subscriptionSession(stripe)
    await play(`checkout/sessions/${bought.id}/complete`, BUYER)
    expect((await play(`checkout/sessions/${bought.id}/complete`, BUYER)).status).toBe(400)
    const expired = await subscriptionSession(stripe)
    await stripe.checkout.sessions.expire(expired.id)
    expect((await play(`checkout/sessions/${expired.id}/complete`, BUYER)).status).toBe(400)
    expect((await stripe.subscriptions.list()).data).toHaveLength(1)
  })

  it('starts with a trial that costs nothing when the session says so', async () => {
    const { stripe, play } = await startSandbox()
    const { id } = await subscriptionSession(stripe, { subscription_data: { trial_period_days: 14 } })
    const { body } = await play(`checkout/sessions/${id}/complete`, BUYER)
    expect(body.payment_status).toBe('no_payment_required')
    const subscription = await stripe.subscriptions.retrieve(body.subscription)
    expect(subscription.status).toBe('trialing')
    expect((await stripe.charges.list()).data).toEqual([])
  })
})

describe('a one-time purchase by a guest', () => {
  it('has no customer: the e-mail is in the details only', async () => {
    const { stripe, play } = await startSandbox()
    const { id } = await guestSession(stripe)
    await play(`checkout/sessions/${id}/complete`, BUYER)
    const { object } = await dataOf(stripe, 'checkout.session.completed')
    expect(object).toMatchObject({
      amount_total: 9_800,
      customer: null,
      customer_details: { email: BUYER.email },
      invoice: null,
      mode: 'payment',
      payment_status: 'paid',
      subscription: null,
    })
    expect((await stripe.customers.list()).data).toEqual([])
  })

  it('never carries its line items in an event; they are there when asked for, in the order bought', async () => {
    const { stripe, play } = await startSandbox()
    const { id } = await guestSession(stripe)
    await play(`checkout/sessions/${id}/complete`, BUYER)
    const { object } = await dataOf(stripe, 'checkout.session.completed')
    expect(object).not.toHaveProperty('line_items')
    const items = await stripe.checkout.sessions.listLineItems(id)
    expect(items.data).toMatchObject([{ description: 'Lifetime', quantity: 2, amount_total: 9_800 }])
  })

  it('completes unpaid with a bank debit and settles later', async () => {
    const { stripe, play } = await startSandbox()
    const { id } = await guestSession(stripe)
    const debit = await stripe.paymentMethods.create({
      type: 'sepa_debit',
      sepa_debit: { iban: 'AT611904300234573201' },
      billing_details: { email: BUYER.email, name: BUYER.name },
    })
    const { body } = await play(`checkout/sessions/${id}/complete`, { ...BUYER, card: debit.id })
    expect(body.payment_status).toBe('unpaid')
    await play(`payment_intents/${body.payment_intent}/settle`)
    expect((await stripe.checkout.sessions.retrieve(id)).payment_status).toBe('paid')
    const { object } = await dataOf(stripe, 'checkout.session.async_payment_succeeded')
    expect(object).toMatchObject({ id, payment_status: 'paid' })
  })
})

describe('creating a session', () => {
  it.each([
    ['a recurring price in payment mode', { mode: 'payment', line_items: [{ price: 'price_pro_monthly' }] }],
    ['nothing recurring in subscription mode', { mode: 'subscription', line_items: [] }],
    ['an unknown price', { mode: 'subscription', line_items: [{ price: 'price_nobody' }] }],
    ['no mode', { line_items: [{ price: 'price_pro_monthly' }] }],
  ])('is refused for %s', async (_what, params) => {
    const { stripe } = await startSandbox()
    await expect(
      stripe.checkout.sessions.create(params as Stripe.Checkout.SessionCreateParams),
    ).rejects.toMatchObject({ type: 'StripeInvalidRequestError', statusCode: 400 })
  })
})
