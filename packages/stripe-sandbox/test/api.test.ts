import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from '@jest/globals'
import type Stripe from 'stripe'
import { createSandbox } from '../src/index.ts'
import { startReceiver } from './receiver.ts'
import { allEvents, KEY, SECRET, startSandbox, stopAll, subscribe } from './sandbox-under-test.ts'

afterEach(stopAll)

const ask = async (url: string, init: RequestInit = {}) => {
  const response = await fetch(url, init)
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) }
}

const authorized = (more: Record<string, string> = {}) => ({
  headers: { authorization: `Bearer ${KEY}`, ...more },
})

describe('a request', () => {
  it('without a test key is refused', async () => {
    const { url } = await startSandbox()
    for (const authorization of [undefined, 'Bearer ', 'Bearer sk_live_51abc', 'Digest x'])
      expect(
        await ask(`${url}/v1/customers`, authorization === undefined ? {} : { headers: { authorization } }),
      ).toMatchObject({ status: 401, body: { error: { type: 'invalid_request_error' } } })
  })

  it('may carry its key as the user name of basic authentication', async () => {
    const { url } = await startSandbox()
    const authorization = `Basic ${Buffer.from(`${KEY}:`).toString('base64')}`
    expect((await ask(`${url}/v1/customers`, { headers: { authorization } })).status).toBe(200)
  })

  it('is answered with its version and an id of its own', async () => {
    const { url } = await startSandbox()
    const { headers } = await ask(`${url}/v1/prices`, authorized({ 'stripe-version': '2024-06-20' }))
    expect(headers.get('stripe-version')).toBe('2024-06-20')
    expect(headers.get('request-id')).toMatch(/^req_/)
  })

  it('may come as JSON, for scripts that play the buyer', async () => {
    const { url, stripe } = await startSandbox()
    const { body } = await ask(`${url}/v1/customers`, {
      method: 'POST',
      body: JSON.stringify({ name: 'Ada', email: null, metadata: { seats: 5 } }),
      ...authorized({ 'content-type': 'application/json' }),
    })
    expect(await stripe.customers.retrieve(body.id)).toMatchObject({
      name: 'Ada',
      email: null,
      metadata: { seats: '5' },
    })
  })

  it('for the health of the sandbox needs no key', async () => {
    const { url } = await startSandbox()
    expect(await ask(`${url}/healthz`)).toMatchObject({ status: 200, body: { status: 'ok' } })
  })

  it('for what does not exist gets an error in the form of Stripe', async () => {
    const { stripe, url } = await startSandbox()
    await expect(stripe.customers.retrieve('cus_nobody')).rejects.toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
      param: 'id',
      message: "No such customer: 'cus_nobody'",
    })
    await expect(
      stripe.subscriptions.create({ customer: 'cus_nobody', items: [{ price: 'price_pro_monthly' }] }),
    ).rejects.toMatchObject({ statusCode: 400, code: 'resource_missing', param: 'customer' })
    expect(await ask(`${url}/v1/nothing`, authorized())).toMatchObject({
      status: 404,
      body: { error: { message: 'Unrecognized request URL (GET: /v1/nothing).' } },
    })
  })

  it('that is too large is refused', async () => {
    const { url } = await startSandbox()
    const body = `name=${'x'.repeat(2_000_000)}`
    expect(await ask(`${url}/v1/customers`, { method: 'POST', body, ...authorized() })).toMatchObject({
      status: 413,
      body: { error: { type: 'invalid_request_error' } },
    })
  })

  it('leaves nothing behind when it is refused half-way', async () => {
    const { stripe } = await startSandbox()
    await expect(
      stripe.customers.create({ name: 'Ada', payment_method: 'pm_card_chargeDeclined' }),
    ).rejects.toMatchObject({ type: 'StripeCardError' })
    expect((await stripe.customers.list()).data).toEqual([])
    expect(await allEvents(stripe)).toEqual([])
  })

  it('repeated under the same idempotency key is answered again and done once', async () => {
    const { stripe } = await startSandbox()
    const options = { idempotencyKey: 'order-1' }
    const first = await stripe.customers.create({ name: 'Ada' }, options)
    const second = await stripe.customers.create({ name: 'Ada' }, options)
    expect(second.id).toBe(first.id)
    expect(second.lastResponse.headers['idempotent-replayed']).toBe('true')
    const events = await allEvents(stripe)
    expect(events).toHaveLength(1)
    expect(events[0]?.request).toEqual({ id: first.lastResponse.requestId, idempotency_key: 'order-1' })
    await expect(stripe.customers.create({ name: 'Bob' }, options)).rejects.toMatchObject({
      type: 'StripeIdempotencyError',
    })
  })
})

describe('a list', () => {
  it('goes through its pages newest first, without gaps or doubles', async () => {
    const { stripe } = await startSandbox()
    const created: string[] = []
    for (let index = 0; index < 25; index += 1) created.push((await stripe.customers.create()).id)
    const seen: string[] = []
    for await (const { id } of stripe.customers.list({ limit: 7 })) seen.push(id)
    expect(seen).toEqual(created.toReversed())
  })

  it('goes the other way from a known entry, as a catch-up of events does', async () => {
    const { stripe } = await startSandbox()
    for (let index = 0; index < 12; index += 1) await stripe.customers.create({ name: `${index}` })
    const all = await allEvents(stripe)
    const seen: string[] = []
    for await (const { id } of stripe.events.list({ limit: 3, ending_before: String(all[4]?.id) }))
      seen.push(id)
    expect(seen).toEqual(all.slice(5).map(({ id }) => id))
  })

  it('filters events by type and time', async () => {
    let now = 1_795_000_000_000
    const { stripe } = await startSandbox({ clock: { now: () => now } })
    const { id } = await stripe.customers.create({ name: 'Ada' })
    now += 10_000
    await stripe.customers.update(id, { name: 'Ada L.' })
    const types = async (params: Stripe.EventListParams) =>
      (await stripe.events.list(params)).data.map(({ type }) => type)
    expect(await types({ type: 'customer.created' })).toEqual(['customer.created'])
    expect(await types({ types: ['customer.updated', 'invoice.paid'] })).toEqual(['customer.updated'])
    expect(await types({ created: { gt: 1_795_000_000 } })).toEqual(['customer.updated'])
    expect(await types({ created: { lte: 1_795_000_000 } })).toEqual(['customer.created'])
  })

  it('refuses a limit out of range and an unknown cursor', async () => {
    const { stripe } = await startSandbox()
    await expect(stripe.customers.list({ limit: 101 })).rejects.toMatchObject({ param: 'limit' })
    await expect(stripe.customers.list({ starting_after: 'cus_nobody' })).rejects.toMatchObject({
      code: 'resource_missing',
    })
  })
})

describe('expansion', () => {
  it('follows ids through objects and lists', async () => {
    const { stripe } = await startSandbox()
    const { subscription } = await subscribe(stripe)
    const expanded = await stripe.subscriptions.retrieve(subscription.id, {
      expand: ['customer', 'items.data.price.product', 'latest_invoice.payments'],
    })
    expect(expanded).toMatchObject({
      customer: { email: 'ada@example.com' },
      items: { data: [{ price: { product: { name: 'Keyflow Pro' } } }] },
      latest_invoice: { payments: { data: [{ status: 'paid' }] } },
    })
    const { data } = await stripe.subscriptions.list({ expand: ['data.customer'] })
    expect(data[0]?.customer).toMatchObject({ object: 'customer' })
  })

  it('of what is not there is refused', async () => {
    const { stripe } = await startSandbox()
    await expect(stripe.prices.retrieve('price_pro_monthly', { expand: ['shop'] })).rejects.toMatchObject({
      message: 'This property cannot be expanded (shop).',
    })
  })
})

describe('the catalog', () => {
  it('has the prices of the shipped example from the start, without events', async () => {
    const { stripe } = await startSandbox()
    const prices = await stripe.prices.list({ limit: 100, expand: ['data.product'] })
    expect(prices.data.map(({ id }) => id).sort()).toEqual([
      'price_business_annual',
      'price_business_monthly',
      'price_pro_annual',
      'price_pro_monthly',
      'price_starter_annual',
      'price_starter_monthly',
    ])
    expect(await allEvents(stripe)).toEqual([])
  })

  it('takes new products, under an id of choice, and prices of them', async () => {
    const { stripe } = await startSandbox()
    const product = await stripe.products.create({
      id: 'prod_team',
      name: 'Team',
      metadata: { tier: 'team' },
    })
    await expect(stripe.products.create({ id: 'prod_team', name: 'Again' })).rejects.toMatchObject({
      code: 'resource_already_exists',
    })
    const price = await stripe.prices.create({
      product: product.id,
      currency: 'eur',
      unit_amount: 500,
      recurring: { interval: 'month', interval_count: 3 },
      lookup_key: 'team_quarterly',
    })
    expect((await stripe.prices.list({ lookup_keys: ['team_quarterly'] })).data[0]?.id).toBe(price.id)
    expect(
      (await stripe.products.update(product.id, { metadata: { tier: '', seats: '5' } })).metadata,
    ).toEqual({
      seats: '5',
    })
  })
})

describe('a sandbox with a journal', () => {
  it('goes on after a restart: objects, events and deliveries that were still owed', async () => {
    const data = mkdtempSync(join(tmpdir(), 'sandbox-data-'))
    let open = false
    const receiver = await startReceiver(() => (open ? 200 : 503))
    const webhook = { url: receiver.url, secret: SECRET }
    const first = await startSandbox({ data, webhook, retry: { baseMs: 60_000, capMs: 60_000, attempts: 5 } })
    const { subscription } = await subscribe(first.stripe)
    const events = await allEvents(first.stripe)
    await receiver.until('first attempts', (received) => received.length >= events.length)
    await first.sandbox.stop()

    open = true
    const before = receiver.received.length
    const second = await startSandbox({ data, webhook })
    expect((await second.stripe.subscriptions.retrieve(subscription.id)).status).toBe('active')
    expect((await allEvents(second.stripe)).map(({ id }) => id)).toEqual(events.map(({ id }) => id))
    await receiver.until('what was owed', (received) => received.length === before + events.length)
    await receiver.close()
    await stopAll()
    rmSync(data, { recursive: true })
  })

  it('refuses a port that is taken without touching the journal of the one that has it', async () => {
    const data = mkdtempSync(join(tmpdir(), 'sandbox-data-'))
    const first = await startSandbox({ data })
    const second = createSandbox({ data, port: Number(new URL(first.url).port) })
    await expect(second.start()).rejects.toMatchObject({ code: 'EADDRINUSE' })
    const { id } = await first.stripe.customers.create({ name: 'after the refusal' })
    await first.sandbox.stop()
    const third = await startSandbox({ data })
    expect(await third.stripe.customers.retrieve(id)).toMatchObject({ name: 'after the refusal' })
    await stopAll()
    rmSync(data, { recursive: true })
  })
})
