import { afterEach, describe, expect, it } from '@jest/globals'
import type Stripe from 'stripe'
import { NEVER, type Received, startReceiver } from './receiver.ts'
import { allEvents, SECRET, startDelivered, startSandbox, stopAll } from './sandbox-under-test.ts'

afterEach(stopAll)

const idsOf = (received: readonly Received[]): string[] => received.map(({ body }) => JSON.parse(body).id)

const makeCustomers = async (stripe: Stripe, count: number): Promise<void> => {
  for (let index = 0; index < count; index += 1) await stripe.customers.create({ name: `Customer ${index}` })
}

describe('a delivery', () => {
  it('is tried again until the endpoint takes it, each time with a new signature', async () => {
    let now = Date.parse('2026-11-24T10:00:00Z')
    const { stripe, receiver } = await startDelivered(
      (_received, index) => {
        now += 60_000
        return index < 2 ? 503 : 200
      },
      { clock: { now: () => now } },
    )
    await stripe.customers.create({ name: 'Ada' })
    await receiver.until('the third attempt', (received) => received.length === 3)
    expect(new Set(idsOf(receiver.received)).size).toBe(1)
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1)
    const times = receiver.received.map(({ signature }) => Number(/t=(\d+)/.exec(signature)?.[1]))
    expect([(times[1] ?? 0) - (times[0] ?? 0), (times[2] ?? 0) - (times[1] ?? 0)]).toEqual([60, 60])
    for (const { body, signature } of receiver.received) {
      const receivedAt = Number(/t=(\d+)/.exec(signature)?.[1]) * 1000
      expect(
        stripe.webhooks.constructEvent(body, signature, SECRET, undefined, undefined, receivedAt).object,
      ).toBe('event')
    }
  })

  it('looks like one of Stripe', async () => {
    const { stripe, receiver } = await startDelivered()
    await stripe.customers.create({ name: 'Ada' })
    await receiver.until('the event', (received) => received.length === 1)
    expect(receiver.received[0]?.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
    })
  })

  it('is given up after the last attempt, and the event says that it was not delivered', async () => {
    const { stripe, receiver } = await startDelivered(() => 500, {
      retry: { baseMs: 1, capMs: 2, attempts: 3 },
    })
    await stripe.customers.create({ name: 'Ada' })
    await receiver.until('three attempts', (received) => received.length === 3)
    const failed = await stripe.events.list({ delivery_success: false })
    expect(failed.data.map(({ type }) => type)).toEqual(['customer.created'])
    expect((await stripe.events.list({ delivery_success: true })).data).toEqual([])
  })

  it('counts as pending until it was taken', async () => {
    let answer = 500
    const { stripe, receiver } = await startDelivered(() => answer, {
      retry: { baseMs: 5, capMs: 20, attempts: 10_000 },
    })
    await stripe.customers.create({ name: 'Ada' })
    await receiver.until('a first attempt', (received) => received.length >= 1)
    const [event] = await allEvents(stripe)
    expect(event?.pending_webhooks).toBe(1)
    answer = 200
    const attempts = receiver.received.length
    await receiver.until('a taken attempt', (received) => received.length > attempts)
    expect(
      (
        await until(
          () => stripe.events.retrieve(String(event?.id)),
          (e) => e.pending_webhooks === 0,
        )
      ).id,
    ).toBe(event?.id)
  })

  it('does not follow a redirect', async () => {
    const { stripe, receiver } = await startDelivered((_received, index) => (index === 0 ? 307 : 200))
    await stripe.customers.create({ name: 'Ada' })
    await receiver.until('a retry', (received) => received.length === 2)
    expect(new Set(idsOf(receiver.received)).size).toBe(1)
  })

  it('waits only so long for an answer, and tries again', async () => {
    const { stripe, receiver } = await startDelivered((_received, index) => (index === 0 ? NEVER : 200), {
      deliveryTimeoutMs: 50,
    })
    await stripe.customers.create({ name: 'Ada' })
    await receiver.until('a second attempt', (received) => received.length === 2)
    const [event] = await allEvents(stripe)
    await until(
      () => stripe.events.list({ delivery_success: true }),
      ({ data }) => data.length === 1,
    )
    expect(idsOf(receiver.received)).toEqual([event?.id, event?.id])
  })

  it('to an address where nobody listens fails and is tried again', async () => {
    const closed = await startReceiver()
    await closed.close()
    const { stripe } = await startSandbox({
      webhook: { url: closed.url, secret: SECRET },
      retry: { baseMs: 1, capMs: 1, attempts: 2 },
    })
    await stripe.customers.create({ name: 'Ada' })
    const [event] = await allEvents(stripe)
    await until(
      () => stripe.events.retrieve(String(event?.id)),
      ({ pending_webhooks }) => pending_webhooks === 0,
    )
    expect((await stripe.events.list({ delivery_success: false })).data).toHaveLength(1)
  })
})

/** Asks again until the answer is as wanted; rejects after 4 s. */
const until = async <T>(ask: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> => {
  const deadline = Date.now() + 4_000
  for (;;) {
    const answer = await ask()
    if (wanted(answer)) return answer
    if (Date.now() > deadline) throw new Error('Not so within 4 s')
  }
}

describe('the switches of an endpoint', () => {
  it('duplicate: every event arrives twice', async () => {
    const { stripe, play, receiver } = await startDelivered()
    await play('webhook_endpoints/we_boot/faults', { duplicate_rate: '1' })
    await makeCustomers(stripe, 5)
    await receiver.until('ten deliveries', (received) => received.length === 10)
    const ids = idsOf(receiver.received)
    expect(new Set(ids).size).toBe(5)
    for (const id of ids) expect(ids.filter((other) => other === id)).toHaveLength(2)
  })

  it('reorder: a group arrives complete, in another order, the same for the same seed', async () => {
    const orderOf = async (seed: string) => {
      const { stripe, play, receiver } = await startDelivered(() => 200, { deliveryConcurrency: 1 })
      await play('webhook_endpoints/we_boot/faults', { reorder_window: '8', seed })
      await makeCustomers(stripe, 8)
      await receiver.until('eight deliveries', (received) => received.length === 8)
      return receiver.received.map(({ body }) => JSON.parse(body).data.object.name)
    }
    const first = await orderOf('5')
    const sent = Array.from({ length: 8 }, (_, index) => `Customer ${index}`)
    expect(first).not.toEqual(sent)
    expect([...first].sort()).toEqual(sent)
    expect(await orderOf('5')).toEqual(first)
    expect(await orderOf('6')).not.toEqual(first)
  })

  it('reorder: an incomplete group is not held for ever', async () => {
    const { stripe, play, receiver } = await startDelivered()
    await play('webhook_endpoints/we_boot/faults', { reorder_window: '50' })
    await makeCustomers(stripe, 3)
    await receiver.until('three deliveries', (received) => received.length === 3)
    expect(new Set(idsOf(receiver.received)).size).toBe(3)
  })

  it('drop: an event arrives with its retry only, and nothing is lost', async () => {
    const { stripe, play, receiver } = await startDelivered()
    await play('webhook_endpoints/we_boot/faults', { drop_rate: '1' })
    await makeCustomers(stripe, 3)
    await receiver.until('three deliveries', (received) => received.length === 3)
    expect(idsOf(receiver.received).sort()).toEqual((await allEvents(stripe)).map(({ id }) => id).sort())
  })

  it('delay: nothing arrives before its time', async () => {
    const { stripe, play, receiver } = await startDelivered()
    await play('webhook_endpoints/we_boot/faults', { delay_ms: '120' })
    const start = performance.now()
    await stripe.customers.create({ name: 'Ada' })
    await receiver.until('the delivery', (received) => received.length === 1)
    expect(performance.now() - start).toBeGreaterThanOrEqual(115)
  })

  it('refuse what makes no sense', async () => {
    const { play } = await startSandbox({ webhook: { url: 'http://127.0.0.1:9/', secret: SECRET } })
    expect((await play('webhook_endpoints/we_boot/faults', { duplicate_rate: '2' })).status).toBe(400)
    expect((await play('webhook_endpoints/we_boot/faults', { reorder_window: '-1' })).status).toBe(400)
  })
})

describe('webhook endpoints', () => {
  it('get the types that they asked for, and show their secret once', async () => {
    const { stripe } = await startSandbox()
    const receiver = await startReceiver()
    const endpoint = await stripe.webhookEndpoints.create({
      url: receiver.url,
      enabled_events: ['customer.updated'],
    })
    expect(endpoint.secret).toMatch(/^whsec_/)
    expect((await stripe.webhookEndpoints.retrieve(endpoint.id)).secret).toBeUndefined()
    const customer = await stripe.customers.create({ name: 'Ada' })
    await stripe.customers.update(customer.id, { name: 'Ada L.' })
    await receiver.until('the update', (received) => received.length === 1)
    const [received] = receiver.received
    const event = stripe.webhooks.constructEvent(
      String(received?.body),
      String(received?.signature),
      String(endpoint.secret),
    )
    expect(event).toMatchObject({
      type: 'customer.updated',
      data: { previous_attributes: { name: 'Ada' } },
    })
    await receiver.close()
  })

  it('that are disabled get nothing, also not later', async () => {
    const { stripe, receiver } = await startDelivered()
    await stripe.webhookEndpoints.update('we_boot', { disabled: true })
    await stripe.customers.create({ name: 'while disabled' })
    await stripe.webhookEndpoints.update('we_boot', { disabled: false })
    await stripe.customers.create({ name: 'after' })
    await receiver.until('one event', (received) => received.length === 1)
    expect(JSON.parse(String(receiver.received[0]?.body)).data.object.name).toBe('after')
  })

  it('sign with the old and the new secret while it is rolled', async () => {
    const { stripe, play, receiver } = await startDelivered()
    const { body } = await play('webhook_endpoints/we_boot/roll_secret', { expires_in: '3600' })
    await stripe.customers.create({ name: 'Ada' })
    await receiver.until('the event', (received) => received.length === 1)
    const [received] = receiver.received
    for (const secret of [SECRET, body.secret])
      expect(
        stripe.webhooks.constructEvent(String(received?.body), String(received?.signature), secret).type,
      ).toBe('customer.created')
  })

  it('get an event again when that is asked for', async () => {
    const { stripe, receiver } = await startDelivered()
    await stripe.customers.create({ name: 'Ada' })
    await receiver.until('the event', (received) => received.length === 1)
    const [event] = await allEvents(stripe)
    await stripe.rawRequest('POST', `/v1/events/${event?.id}/retry`, { webhook_endpoint: 'we_boot' })
    await receiver.until('the same event', (received) => received.length === 2)
    expect(idsOf(receiver.received)).toEqual([event?.id, event?.id])
  })
})
