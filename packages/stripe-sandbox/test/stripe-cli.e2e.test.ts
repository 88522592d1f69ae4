import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import type Stripe from 'stripe'
import { type Receiver, startReceiver } from './receiver.ts'
import { allEvents, clientOf } from './sandbox-under-test.ts'
import { type Running, sandboxProcess, stripeCli } from './stripe-cli.ts'

jest.setTimeout(60_000)

const SECRET = 'whsec_knownBeforehand1234'

let sandbox: Running
let listen: Running
let receiver: Receiver
let cli: ReturnType<typeof stripeCli>
let stripe: Stripe

beforeAll(async () => {
  receiver = await startReceiver()
  sandbox = sandboxProcess({ STRIPE_SANDBOX_WEBHOOK_SECRET: SECRET })
  const [, url] = /listens on (\S+)\n/.exec(await sandbox.says(/listens on \S+\n/)) ?? []
  cli = stripeCli(String(url))
  stripe = clientOf(String(url))
  listen = cli.run(
    'listen',
    '--all-snapshot',
    '--forward-to',
    `localhost:${new URL(receiver.url).port}/api/v1/webhooks/stripe`,
  )
  await listen.says(/Ready!.*whsec_\w+/)
})

afterAll(async () => {
  await listen?.end()
  await sandbox?.end('SIGTERM')
  await receiver?.close()
  cli?.remove()
})

/** Runs one trigger and gives its verified events by type, once everything that it caused has arrived. */
const trigger = async (name: string, wanted: readonly string[]) => {
  const known = new Set((await allEvents(stripe)).map(({ id }) => id))
  const { code, output } = await cli.run('trigger', name).finished
  expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('Trigger succeeded!') })
  const caused = (await allEvents(stripe)).filter(({ id }) => !known.has(id)).map(({ id }) => id)
  await receiver.until(name, (received) => {
    const arrived = new Set(received.map(({ body }) => JSON.parse(body).id))
    return caused.every((id) => arrived.has(id))
  })
  const events = receiver.received
    .map(({ body, signature }) => stripe.webhooks.constructEvent(body, signature, SECRET))
    .filter(({ id }) => caused.includes(id))
  expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining([...wanted]))
  return (type: string) =>
    events.find((event) => event.type === type)?.data as unknown as {
      object: Record<string, unknown>
      previous_attributes?: Record<string, unknown>
    }
}

describe('stripe listen', () => {
  it('shows the secret that was configured, so that the receiver can know it beforehand', async () => {
    expect(await listen.says(/whsec_\w+/)).toBe(SECRET)
    const { code, output } = await cli.run('listen', '--print-secret').finished
    expect({ code, secret: output.trim() }).toEqual({ code: 0, secret: SECRET })
  })
})

describe('stripe trigger', () => {
  it('checkout.session.completed is a guest who buys once', async () => {
    const data = await trigger('checkout.session.completed', [
      'checkout.session.completed',
      'charge.succeeded',
    ])
    expect(data('checkout.session.completed').object).toMatchObject({
      mode: 'payment',
      payment_status: 'paid',
      amount_total: 3_000,
      customer: null,
      customer_details: { email: 'stripe@example.com' },
    })
  })

  it('checkout.session.async_payment_failed is completed unpaid first', async () => {
    const data = await trigger('checkout.session.async_payment_failed', [
      'checkout.session.completed',
      'checkout.session.async_payment_failed',
    ])
    expect(data('checkout.session.completed').object.payment_status).toBe('unpaid')
  })

  it('customer.subscription.created is an active, paid subscription', async () => {
    const data = await trigger('customer.subscription.created', [
      'customer.created',
      'customer.subscription.created',
      'invoice.paid',
      'invoice.payment_succeeded',
      'invoice_payment.paid',
    ])
    const { object } = data('customer.subscription.created')
    expect(object.status).toBe('active')
    expect(data('invoice.paid').object).toMatchObject({
      billing_reason: 'subscription_create',
      parent: { subscription_details: { subscription: object.id } },
    })
  })

  it('customer.subscription.updated says what was before', async () => {
    const data = await trigger('customer.subscription.updated', ['customer.subscription.updated'])
    expect(data('customer.subscription.updated')).toMatchObject({
      object: { metadata: { foo: 'bar' } },
      previous_attributes: { metadata: { foo: null } },
    })
  })

  it('customer.subscription.deleted ends it', async () => {
    const data = await trigger('customer.subscription.deleted', ['customer.subscription.deleted'])
    expect(data('customer.subscription.deleted').object.status).toBe('canceled')
  })

  it('customer.subscription.paused is a trial that ended without a card', async () => {
    const data = await trigger('customer.subscription.paused', ['customer.subscription.paused'])
    expect(data('customer.subscription.paused').object).toMatchObject({
      status: 'paused',
      pause_collection: null,
    })
  })

  it('customer.subscription.trial_will_end is a trial about to end', async () => {
    const data = await trigger('customer.subscription.trial_will_end', [
      'customer.subscription.trial_will_end',
    ])
    expect(data('customer.subscription.trial_will_end').object.status).toBe('trialing')
  })

  it.each([
    ['invoice.paid', 'paid'],
    ['invoice.payment_failed', 'open'],
    ['invoice.payment_action_required', 'open'],
  ])('%s is an invoice without a subscription', async (type, status) => {
    const data = await trigger(type, [type])
    expect(data(type).object).toMatchObject({
      status,
      parent: null,
      billing_reason: 'manual',
      customer_email: null,
    })
  })

  it('charge.refunded is a guest payment given back', async () => {
    const data = await trigger('charge.refunded', ['charge.refunded'])
    expect(data('charge.refunded')).toMatchObject({
      object: { customer: null, refunded: true, amount_refunded: 100 },
      previous_attributes: { amount_refunded: 0, refunded: false },
    })
  })

  it('charge.dispute.created is an inquiry', async () => {
    const data = await trigger('charge.dispute.created', ['charge.dispute.created'])
    expect(data('charge.dispute.created').object.status).toBe('warning_needs_response')
  })

  it('charge.dispute.closed ends it', async () => {
    const data = await trigger('charge.dispute.closed', ['charge.dispute.closed'])
    expect(data('charge.dispute.closed').object.status).toBe('warning_closed')
  })

  it('customer.updated and customer.deleted', async () => {
    const updated = await trigger('customer.updated', ['customer.updated'])
    expect(updated('customer.updated').previous_attributes).toEqual({ metadata: { foo: null } })
    const deleted = await trigger('customer.deleted', ['customer.deleted'])
    expect(deleted('customer.deleted').object).toMatchObject({ object: 'customer' })
  })

  it('subscription.payment_succeeded pays an invoice of a subscription', async () => {
    const data = await trigger('subscription.payment_succeeded', ['invoice.payment_succeeded'])
    expect(data('invoice.payment_succeeded').object.parent).not.toBeNull()
  })

  it('subscription.payment_failed leaves it incomplete', async () => {
    const data = await trigger('subscription.payment_failed', [
      'invoice.payment_failed',
      'customer.subscription.created',
    ])
    expect(data('customer.subscription.created').object.status).toBe('incomplete')
  })

  it('a resent event arrives again', async () => {
    const last = JSON.parse(String(receiver.received.at(-1)?.body))
    const count = receiver.received.length
    const { code } = await cli.run('events', 'resend', last.id).finished
    expect(code).toBe(0)
    await receiver.until('the event again', (received) => received.length > count)
    expect(JSON.parse(String(receiver.received.at(-1)?.body)).id).toBe(last.id)
  })
})

describe('the sandbox', () => {
  it('stops at once and cleanly, with a listener connected and deliveries still owed', async () => {
    const other = sandboxProcess({
      STRIPE_SANDBOX_WEBHOOK_URL: 'http://127.0.0.1:9/nobody',
      STRIPE_SANDBOX_WEBHOOK_SECRET: SECRET,
    })
    const [, url] = /listens on (\S+)\n/.exec(await other.says(/listens on \S+\n/)) ?? []
    const otherCli = stripeCli(String(url))
    const otherListen = otherCli.run('listen', '--all-snapshot', '--forward-to', receiver.url)
    await otherListen.says(/Ready!/)
    await otherCli.run('trigger', 'customer.created').finished
    const start = performance.now()
    const { code } = await other.end('SIGTERM')
    expect(code).toBe(0)
    expect(performance.now() - start).toBeLessThan(2_000)
    await otherListen.end()
    otherCli.remove()
  })
})
