import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createHttpServer, createLogger, type FastifyInstance } from '@keyflow/runtime'
import { createStripeAccess } from '@keyflow/runtime/stripe'
import { createSandbox } from '@keyflow/stripe-sandbox'
import Stripe from 'stripe'
import type { CaseRow } from './adapters/case-store.ts'
import { createLinkTokens } from './adapters/link-tokens.ts'
import { createStripePages } from './adapters/stripe-pages.ts'
import { paymentLinksRoute } from './http/payment-page/payment-links.route.ts'
import { paymentLinks, paymentUrlOf } from './payment-links.ts'

const logger = createLogger({ service: 'test', level: 'silent' })
const API_KEY = 'sk_test_paymentLinks'
const sandbox = createSandbox({ port: 0 })
const tokens = createLinkTokens([['a', new Uint8Array(32).fill(1)]])
const publicUrl = 'https://pay.example'

let now = Date.UTC(2026, 0, 1)
const clock = () => new Date(now)
let stripe: Stripe
let server: FastifyInstance
let invoice = ''
let customer = ''
let isOwed = true

/** The one case that there is: it owes the invoice, until that was paid. */
const findCase = async (id: string): Promise<CaseRow | null> =>
  id !== 'platform:test:sub_1'
    ? null
    : ({
        _id: id,
        record: {
          facts: { scope: { account: 'platform', livemode: false } },
          state: {
            customer,
            outstanding: isOwed ? { usd: 2900 } : {},
            debts: isOwed ? [{ invoice }] : [],
          },
        },
      } as unknown as CaseRow)

beforeAll(async () => {
  const { url } = await sandbox.start()
  stripe = new Stripe(API_KEY, {
    host: '127.0.0.1',
    port: new URL(url).port,
    protocol: 'http',
    telemetry: false,
  })
  server = await createHttpServer({ logger })
  const access = createStripeAccess({ apiKeys: [API_KEY], apiBase: url, requestsPerSecond: 100, clock })
  await paymentLinksRoute(
    server,
    paymentLinks({
      tokens,
      publicUrl,
      findCase,
      pages: createStripePages(access),
      clock,
      metrics: { linkUsed: () => {} },
      logger,
    }),
  )
}, 20_000)
afterAll(async () => {
  await server.close()
  await sandbox.stop()
})

beforeEach(async () => {
  now = Date.UTC(2026, 0, 1)
  isOwed = true
  const made = await stripe.customers.create({
    payment_method: 'pm_card_chargeCustomerFail',
    invoice_settings: { default_payment_method: 'pm_card_chargeCustomerFail' },
  })
  customer = made.id
  await stripe.invoiceItems.create({ customer, amount: 2900, currency: 'usd' })
  const draft = await stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include' })
  invoice = String((await stripe.invoices.finalizeInvoice(String(draft.id))).id)
})

const pathOf = (link: string): string => new URL(link).pathname
const link = () => paymentUrlOf({ tokens, publicUrl, clock })('platform:test:sub_1')
const post = (path: string, action: string) =>
  server.inject({
    method: 'POST',
    url: path,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `action=${action}`,
  })

describe('a payment link, with Stripe behind it', () => {
  it('names nobody, and leads to a page on which the invoice can be paid', async () => {
    const path = pathOf(link())
    expect(path).toMatch(/^\/b\/[\w.-]+$/)
    expect(path).not.toContain(customer)
    const page = await server.inject({ url: path })
    expect([page.statusCode, page.body.includes('$29.00')]).toEqual([200, true])
    const gone = await post(path, 'pay')
    expect(gone.statusCode).toBe(303)
    const hosted = await (await fetch(String(gone.headers.location))).text()
    expect(hosted).toContain('Amount due')
  })

  it('leads to the form for another card, and from there back', async () => {
    const gone = await post(pathOf(link()), 'card')
    const portal = String(gone.headers.location)
    expect(await (await fetch(portal)).text()).toContain('Update your payment method')
    const saved = await fetch(portal, {
      method: 'POST',
      body: new URLSearchParams({ card: 'pm_card_mastercard' }),
      redirect: 'manual',
    })
    expect(saved.headers.get('location')).toContain(`${publicUrl}/b/`)
    const { invoice_settings } = (await stripe.customers.retrieve(customer)) as Stripe.Customer
    const method = await stripe.paymentMethods.retrieve(String(invoice_settings.default_payment_method))
    expect(method.card?.brand).toBe('mastercard')
  })

  it('says that nothing is to be paid when Stripe knows of the payment before the case does', async () => {
    await stripe.invoices.pay(invoice, { payment_method: 'pm_card_visa' })
    const page = await post(pathOf(link()), 'pay')
    expect([page.statusCode, page.body.includes('There is nothing to pay')]).toEqual([200, true])
  })

  it('says so for ever once the case is settled, and else that it has expired', async () => {
    const path = pathOf(link())
    now += 46 * 86_400_000
    expect((await server.inject({ url: path })).statusCode).toBe(410)
    isOwed = false
    const page = await server.inject({ url: path })
    expect([page.statusCode, page.body.includes('There is nothing to pay')]).toEqual([200, true])
  })

  it('of a case that nobody knows is not valid', async () => {
    const path = pathOf(paymentUrlOf({ tokens, publicUrl, clock })('platform:test:sub_2'))
    expect((await server.inject({ url: path })).statusCode).toBe(404)
  })

  it('is the same all day, so that nothing is said twice because of it', () => {
    const first = link()
    now += 3600_000
    expect(link()).toBe(first)
    now += 24 * 3600_000
    expect(link()).not.toBe(first)
  })
})
