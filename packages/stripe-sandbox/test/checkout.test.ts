import { afterEach, describe, expect, it } from '@jest/globals'
import type Stripe from 'stripe'
import { type Receiver, startReceiver } from './receiver.ts'
import { SECRET, startSandbox } from './sandbox-under-test.ts'

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

const setUp = async () => {
  const receiver = await startReceiver()
  const parts = await startSandbox({ webhook: { url: receiver.url, secret: SECRET } })
  cleanups.push(parts.sandbox.stop, receiver.close)
  return { receiver, ...parts }
}

const verified = (stripe: Stripe, receiver: Receiver): Stripe.Event[] =>
  receiver.received.map(({ body, signature }) => stripe.webhooks.constructEvent(body, signature, SECRET))

describe('a subscription bought at the hosted page', () => {
  it('sends every event of the purchase, signed, in the order that Stripe was seen to use', async () => {
    const { stripe, play, receiver } = await setUp()
    const session = await stripe.checkout.sessions.create({
      mode: 'subscription',
      line_items: [{ price: 'price_pro_monthly', quantity: 1 }],
      success_url: 'https://example.com/done',
    })
    const answer = await play(`checkout/sessions/${session.id}/complete`, {
      email: 'ada@example.com',
      name: 'Ada',
    })
    expect(answer.status).toBe(200)
    await receiver.until('all events', (received) => received.length >= 14)
    expect(
      verified(stripe, receiver)
        .map(({ type }) => type)
        .sort(),
    ).toEqual(
      [
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
      ].sort(),
    )
  })
})
